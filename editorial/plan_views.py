"""The screens of the plan: by month, week and list, and the form that moves something to another time."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from core.guards import Refused
from core.models import Stewardship
from editorial import plan
from editorial.calendar import marks
from editorial.models import SchoolPeriod
from editorial.plan_forms import MoveForm, PlanForm, SuggestedTimeForm
from editorial.rescheduling import FIELDS, Lane, movable, reschedule, time_of
from editorial.words import in_words, moment, prospects

EXPORTED = {
    "day": _("Day"), "time": _("Time"), "lane_label": _("What happens"), "title": _("Title"), "language": _("Language"),
    "kind": _("Kind"), "section": _("Section"), "responsible": _("Responsible"), "words": _("In words"),
}  # fmt: skip


class PlanView(SpreadsheetExportMixin, PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Everything that is going to happen, for everyone who works with pages; each person sees what they work with."""

    model = Page
    any_permission_required = ("add", "change", "publish")
    template_name = "editorial/plan.html"
    page_title = _("Plan")
    header_icon = "calendar-alt"
    list_export = list(EXPORTED)
    export_headings = EXPORTED
    export_filename = "plan"

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    @cached_property
    def header_more_buttons(self):
        buttons = list(super().header_more_buttons)
        feed = reverse("editorial_calendar_feed")
        buttons.append(Button(gettext("In your calendar"), url=feed, icon_name="calendar-alt", priority=100))
        if self.request.user.has_perm("editorial.view_schoolperiod"):
            url = reverse(SchoolPeriod.snippet_viewset.get_url_name("list"))
            buttons.append(Button(gettext("Terms and breaks"), url=url, icon_name="calendar", priority=110))
        return buttons

    def get(self, request, *args, **kwargs):
        self.sections = plan.sections(request.user)
        self.form = PlanForm(request.GET, sections=self.sections)
        if not self.form.is_valid():
            return HttpResponse(self.form.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
        self.pages = self.form.narrow(plan.worked_with(request.user))
        period = self.form.period
        found = plan.items(self.pages, request.user, period.first, period.last, self.sections)
        self.items = [item for item in found if self.form.wants(item)]
        if self.is_export:
            return self.as_spreadsheet(self.items, request.GET["export"])
        return super().get(request, *args, **kwargs)

    def address(self, **values) -> str:
        """This screen with other values; the filters stay."""
        query = self.request.GET.copy()
        for name, value in values.items():
            query[name] = str(value)
        return f"?{query.urlencode()}"

    def get_context_data(self, **kwargs):
        period = self.form.period
        days = {"first": period.first, "last": period.last}
        weeks = plan.weeks(period, self.items, marks(**days))
        for week in weeks:
            for day in week.days:
                day.url = self.address(view=plan.View.WEEK, day=day.date)
        return super().get_context_data(
            form=self.form,
            period=period,
            weeks=weeks,
            undated=[item for item in self.items if item.day is None],
            overdue=Stewardship.objects.overdue().filter(page__in=self.pages.values("pk")).count(),
            views=[(self.address(view=view), view.label, view == period.view) for view in plan.View],
            previous_url=self.address(day=period.previous),
            next_url=self.address(day=period.following),
            today_url=self.address(day=timezone.localdate()),
            lanes=Lane,
            can_move=any(item.can_be_moved for item in self.items),
            here=self.request.get_full_path(),
            **kwargs,
        )


class MoveView(WagtailAdminTemplateMixin, FormView):
    """Moves what happens to a page. Answers scripts with JSON: what was said, and what takes it back, or why not."""

    template_name = "editorial/move.html"
    form_class = MoveForm
    page_title = _("Another time")
    header_icon = "calendar-alt"

    def dispatch(self, request, *args, page_id: int, lane: str, **kwargs):
        if lane not in FIELDS:
            raise Http404
        self.page, self.lane = get_object_or_404(Page, pk=page_id), Lane(lane)
        if self.page.pk not in movable([self.page], request.user)[lane]:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self):
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self):
        there = {"url": reverse("editorial_plan"), "label": gettext("Plan")}
        return [
            *super().get_breadcrumbs_items(),
            there,
            {"url": "", "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]

    @cached_property
    def facts(self):
        return prospects([self.page])[self.page.pk]

    @property
    def wants_json(self) -> bool:
        return self.request.headers.get("accept") == "application/json"

    def get_initial(self):
        at, asked = time_of(self.facts, self.lane), SuggestedTimeForm(self.request.GET)
        suggested = asked.cleaned_data["at"] if asked.is_valid() else None
        return {"at": suggested or at, "seen": at.isoformat() if at else ""}

    def get_context_data(self, **kwargs):
        words = {"sentence": in_words(self.facts), "what": self.lane.label, "back": self.back}
        return super().get_context_data(page=self.page, **words, **kwargs)

    @property
    def back(self) -> str:
        return get_valid_next_url_from_request(self.request) or reverse("editorial_plan")

    def form_valid(self, form):
        seen, at = form.cleaned_data["seen"], form.cleaned_data["at"]
        try:
            at = reschedule(self.page.pk, self.request.user, self.lane, seen, at)
        except Refused as refusal:
            form.refuse(str(refusal))
            return self.form_invalid(form)
        words = {"title": self.page.get_admin_display_title(), "what": self.lane.label, "time": moment(at)}
        said = gettext("“%(title)s” – %(what)s: %(time)s.") % words
        if self.wants_json:
            before = seen.isoformat() if seen else ""
            return JsonResponse({"said": said, "seen": at.isoformat(), "before": before})
        messages.success(
            self.request, said, buttons=[messages.button(self.undo_url(seen), gettext("Undo"))] if seen else None
        )
        return redirect(self.back)

    def undo_url(self, seen) -> str:
        """The form with the time before in it."""
        query = urlencode({"at": seen.isoformat(), "next": self.back})
        return f"{reverse('editorial_move', args=[self.page.pk, self.lane])}?{query}"

    def form_invalid(self, form):
        if self.wants_json:
            reasons = [reason for found in form.errors.values() for reason in found]
            return JsonResponse({"said": " ".join(reasons)}, status=409 if form.is_refused else 400)
        return super().form_invalid(form)
