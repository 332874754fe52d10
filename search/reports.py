"""What is searched for, what finds nothing, what is opened. Nothing is shown that fewer than `FEWEST` have asked."""

from datetime import timedelta

import django_filters
from django.conf import settings
from django.db.models import F, IntegerField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView

from search.models import AskedOn, FollowedOn

FEWEST = 5  # times
PERIODS = [(7, _("A week")), (30, _("A month")), (90, _("Three months"))]


class SearchReportFilterSet(WagtailFilterSet):
    days = django_filters.ChoiceFilter(
        label=_("Period"),
        choices=[(str(number), label) for number, label in PERIODS[:-1]],
        empty_label=PERIODS[-1][1],
        method="within",
    )
    language = django_filters.ChoiceFilter(label=_("Language"), choices=settings.LANGUAGES)
    found = django_filters.ChoiceFilter(
        label=_("Hits"), choices=[("none", _("Found nothing")), ("unopened", _("Nothing opened"))], method="by_outcome"
    )

    class Meta:
        model = AskedOn
        fields = ["language"]

    def within(self, queryset, name, value):
        return queryset  # the view has summed up the period

    def by_outcome(self, queryset, name, value):
        return queryset.filter(without__gte=FEWEST) if value == "none" else queryset.filter(opened=0)


class SearchReport(ReportView):
    page_title = _("Searches")
    header_icon = "search"
    index_url_name = "search_report"
    index_results_url_name = "search_report_results"
    filterset_class = SearchReportFilterSet
    model = AskedOn
    any_permission_required = ("add", "change")
    list_export = ("text", "language", "sum", "without", "opened")
    export_headings = {
        "text": _("Searched for"),
        "language": _("Language"),
        "sum": _("Times"),
        "without": _("Without hits"),
        "opened": _("Opened"),
    }
    columns = [
        Column("text", label=_("Searched for")),
        Column("language", label=_("Language")),
        Column("sum", label=_("Times")),
        Column("without", label=_("Without hits")),
        Column("opened", label=_("Opened")),
    ]

    def user_has_any_permission(self, permissions):
        user = self.request.user
        return any(user.has_perm(f"search.{action}_synonym") for action in permissions)

    @property
    def since(self):
        days = self.request.GET.get("days", "")
        known = {str(number) for number, _label in PERIODS}
        return timezone.localdate() - timedelta(days=int(days) if days in known else PERIODS[-1][0])

    def get_queryset(self):
        followed = (
            FollowedOn.objects.filter(day__gte=self.since, text=OuterRef("text"), language=OuterRef("language"))
            .values("text")
            .annotate(all=Sum("times"))
            .filter(all__gte=FEWEST)
            .values("all")
        )
        asked = AskedOn.objects.filter(day__gte=self.since).values("text", "language")
        return (
            asked.annotate(sum=Sum("times"), without=Coalesce(NullIf(Sum("without_hits"), Value(0)), Value(0)))
            .annotate(opened=Coalesce(Subquery(followed, output_field=IntegerField()), Value(0)))
            .filter(sum__gte=FEWEST)
            .order_by(F("sum").desc(), "text", "language")
        )
