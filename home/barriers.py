"""Reports of barriers on their way to an answer: who is told of them, and when they are forgotten."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.models import Stewardship
from editorial.mail import full_url, tell
from editorial.roles import holders
from home.models import AccessibilityStatementPage, BarrierReport
from home.models.barriers import KEPT_FOR


def answerers():
    """Those who may answer a report."""
    found = get_user_model().objects.with_perm(
        "home.change_barrierreport", backend="django.contrib.auth.backends.ModelBackend"
    )
    return found.filter(is_active=True)


def natural_owner(language: str):
    """Whoever is responsible for the accessibility statement in a language, if they may answer; None otherwise."""
    statements = AccessibilityStatementPage.objects.filter(locale__language_code=language, live=True)
    keepers = Stewardship.objects.filter(page__in=statements.values("pk")).values("responsible")
    return answerers().filter(pk__in=keepers).first()


def keep(report: BarrierReport) -> None:
    """Stores a new report and tells whoever is to answer it; the chief editors where that is nobody."""
    with transaction.atomic():
        report.owner = natural_owner(report.language)
        report.save()
        tell_owner([report], "new", {report.owner} if report.owner else holders("chief_editor"))


def tell_owner(reports: list[BarrierReport], what: str, people: Iterable) -> int:
    """Puts into the outbox what has come, been handed over, or is late. Returns the number of mails."""
    url = full_url(reverse("barrier_reports:index"))
    if len(reports) == 1:
        url = full_url(reverse("barrier_reports:edit", args=[reports[0].pk]))
    return tell(people, what, template=f"home/mail/barrier_{what}", reports=reports, url=url)


def answer(report: BarrierReport) -> None:
    """Sends the answer to whoever reported it, in the language of the form, if they left an address."""
    if not report.email:
        return
    with override(report.language):
        values = {"report": report, "site_name": settings.WAGTAIL_SITE_NAME}
        subject = render_to_string("home/mail/barrier_answer_subject.txt", values).strip()
        text = render_to_string("home/mail/barrier_answer.txt", values).strip()
    EmailMultiAlternatives(subject, text, to=[report.email]).send()


def every_morning(today: date) -> None:
    """Reminds of reports that should have been answered, and forgets those that are older than the form promises."""
    late = defaultdict(list)
    for report in BarrierReport.objects.overdue().select_related("owner").order_by("created_at"):
        late[report.owner if report.owner and report.owner.is_active else None].append(report)
    for owner, reports in late.items():
        tell_owner(reports, "late", {owner} if owner else holders("chief_editor"))
    BarrierReport.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
