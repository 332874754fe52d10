from datetime import timedelta

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SLACK = timedelta(days=3)  # months are not equally long


class StewardshipQuerySet(models.QuerySet):
    def overdue(self):
        """Rows of live pages that someone should have read again by now."""
        today = timezone.localdate()
        return self._counted(lambda months: Q(since__lt=today - relativedelta(months=months)))

    def due_about(self, first, last):
        """Rows of live pages that are to be read again between two days, and a few near them: `review_due` is exact.

        Without a first day those that should have been read long ago are among them.
        """

        def near(months: int) -> Q:
            until = Q(since__lte=last - relativedelta(months=months) + SLACK)
            return until & Q(since__gte=first - relativedelta(months=months) - SLACK) if first else until

        return self._counted(near)

    def _counted(self, condition):
        """Rows of live pages whose day of `since`, from which the interval counts, fulfils the condition of the interval."""
        since = Coalesce("reviewed_on", TruncDate("page__first_published_at", tzinfo=timezone.get_default_timezone()))
        wanted = Q(pk__in=[])
        for months in self.order_by().values_list("review_interval", flat=True).distinct():
            wanted |= Q(condition(months), review_interval=months)
        return self.filter(page__live=True).annotate(since=since).filter(wanted)

    def without_responsible(self):
        """Rows of live pages that nobody who can sign in looks after."""
        return self.filter(Q(responsible=None) | Q(responsible__is_active=False), page__live=True)


class Stewardship(models.Model):
    """Who looks after a page, and when it was last looked at. One row per page.

    Outside the revision: a value stored in a revision would go back to what it was the next time that revision is
    published.
    """

    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, related_name="stewardship")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stewardships",
    )
    reviewed_on = models.DateField(_("last reviewed"), null=True, blank=True)
    review_interval = models.PositiveSmallIntegerField(_("review interval in months"), default=12)
    pinned_until = models.DateTimeField(_("pinned until"), null=True, blank=True)
    change_note = models.CharField(_("last substantive change"), max_length=255, blank=True)
    changed_at = models.DateTimeField(_("substantively changed"), null=True, blank=True)

    objects = StewardshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("stewardship")
        verbose_name_plural = _("stewardships")

    def __str__(self) -> str:
        return f"{self.page_id}: {self.responsible}"

    def values(self) -> dict:
        """The fields that editors set, by name."""
        return {name: getattr(self, name) for name in ("responsible", "reviewed_on", "review_interval", "pinned_until")}

    @property
    def review_due(self):
        """The date by which someone should have read the page again, or None before its first review or publication."""
        since = self.reviewed_on or (self.page.first_published_at and timezone.localdate(self.page.first_published_at))
        return since and since + relativedelta(months=self.review_interval)

    @property
    def is_overdue(self) -> bool:
        return bool(self.review_due and self.review_due < timezone.localdate())
