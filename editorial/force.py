"""Publication past the workflow: a right of its own, with a reason, a log entry, a mail and a review afterwards."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from core.guards import Refused, authorised_publication
from editorial.authors import authors
from editorial.mail import full_url, tell
from editorial.models import AfterReview
from editorial.roles import holders
from editorial.task import set_time, what_is_missing

FORCE, REVIEW = "editorial.force_publish", "editorial.change_afterreview"
NAMED = 20  # pages named in the mail


def may_force(user) -> bool:
    return user.is_active and user.has_perm(FORCE)


def open_review(user, reason: str) -> AfterReview:
    """The after-review of a forced publication. Raises ValidationError without a reason."""
    reason = (reason or "").strip()
    if not reason:
        raise ValidationError(_("Say why the page is published without review."))
    return AfterReview.objects.create(reason=reason, forced_by=user)


@transaction.atomic
def force_publish(
    pages: Iterable, user, reason: str, *, by_operator: bool = False, review: AfterReview | None = None
) -> AfterReview:
    """Publishes the latest revision of each page at once and puts one after-review on the list.

    An act that is done in parts hands in the `review` that it has opened; it then tells the chief editors itself.

    `by_operator` is for commands on the server: nobody is asked for the right, and pages go live that lack something;
    what they lack is listed on the review. Raises PermissionDenied without the right, ValidationError without a reason
    and Refused for an incomplete page.
    """
    if not by_operator and not may_force(user):
        raise PermissionDenied
    is_part = review is not None
    review = review or open_review(user, reason)
    published, writers = [], set()
    for page in pages:
        specific = Page.objects.get(pk=page.pk).specific
        if not by_operator and (missing := what_is_missing(specific)):
            raise Refused(_("The page cannot be published yet: %(missing)s") % {"missing": "; ".join(missing)})
        writers |= authors(specific)
        published.append(publish_at_once(specific, user, review.reason))
    # Afterwards, since pages that come together may lead to each other.
    findings = [f"{page.title}: {text}" for page in published for text in what_is_missing(page)]
    review.pages.add(*[page.pk for page in published])
    review.authors.add(*writers)
    review.findings = "\n".join(filter(None, [review.findings, *findings]))
    review.save(update_fields=["findings"])
    if not is_part:
        tell_about_force(review, published)
    return review


def publish_at_once(page, user, reason: str):
    """Publishes the latest revision, whatever time it proposes. The one log entry carries the reason."""
    if page.get_latest_revision().as_object().go_live_at:
        set_time(page, user, None)
    revision = Page.objects.get(pk=page.pk).get_latest_revision()
    with authorised_publication(incomplete=True):
        revision.publish(user=user, log_action=False)
    page.refresh_from_db()
    log(
        instance=page,
        action="wagtail.publish.force",
        user=user,
        revision=revision,
        data={"reason": reason},
        content_changed=True,
    )
    return page


def tell_about_force(review: AfterReview, pages: list) -> int:
    """Tells the chief editors. Returns the number of mails."""
    return tell(
        holders("chief_editor"),
        "forced",
        review=review,
        pages=pages[:NAMED],
        more=max(0, len(pages) - NAMED),
        by=review.forced_by,
        url=full_url(reverse("editorial_after_reviews")),
    )


def may_see_reviews(user) -> bool:
    return user.is_active and user.has_perm(REVIEW)


def may_review(review: AfterReview, user) -> bool:
    """Whether this person may do the after-review: not whoever forced it, and nobody who wrote any of the text."""
    if not may_see_reviews(user) or user.pk == review.forced_by_id:
        return False
    return not review.authors.filter(pk=user.pk).exists()


@transaction.atomic
def finish_review(review: AfterReview, user) -> None:
    """Takes the review off the list. Raises Refused for those who may not, and when someone else has done it."""
    reviews = AfterReview.objects.filter(pk=review.pk)
    current = (reviews.select_for_update() if connection.features.has_select_for_update else reviews).get()
    if current.done_at:
        raise Refused(_("This was already decided by %(name)s.") % {"name": current.done_by})
    if not may_review(current, user):
        raise Refused(_("Someone else has to look at it: not whoever published it, and nobody who wrote it."))
    review.done_by, review.done_at = user, timezone.now()
    review.save(update_fields=["done_by", "done_at"])
    for page in review.pages.all():
        log(instance=page.specific, action="editorial.after_review", user=user)
