"""What is planned, in a person's own calendar: a private address that they make, and withdraw when it has gone astray."""

from datetime import UTC, datetime, timedelta

import icalendar
from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from editorial import plan
from editorial.mail import full_url, language_of
from editorial.models import CalendarToken
from editorial.rescheduling import Lane

BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)
LONG = timedelta(minutes=15)  # a moment is drawn as this, so that calendars show it


def calendar_of(items: list[plan.Item], now: datetime) -> bytes:
    """A calendar with an event for each item that has a time. Times are in UTC, days are days."""
    calendar = icalendar.Calendar()
    name = gettext("Plan – %(site)s") % {"site": settings.WAGTAIL_SITE_NAME}
    calendar.add("prodid", f"-//{settings.WAGTAIL_SITE_NAME}//plan//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for item in items:
        if item.day:
            calendar.add_component(_event(item, now))
    return calendar.to_ical()


def _event(item: plan.Item, now: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{item.page_id}-{item.lane}@{settings.WAGTAILADMIN_BASE_URL.partition('://')[2]}")
    event.add("dtstamp", now.astimezone(UTC))
    if item.at:
        event.add("dtstart", item.at.astimezone(UTC))
        event.add("dtend", (item.at + LONG).astimezone(UTC))
    else:
        event.add("dtstart", item.day)
    event.add("summary", f"{item.lane_label}: {item.title}")
    event.add("description", item.words)
    event.add("categories", [item.lane_label])
    event.add("status", "TENTATIVE" if item.lane == Lane.WAITING else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if item.edit_url:
        event.add("url", full_url(item.edit_url))
    return event


@require_safe
def feed(request, token: str) -> HttpResponse:
    """The plan of whoever holds the token, from a month ago and a year ahead, in their language."""
    user = CalendarToken.holder(token)
    if user is None:
        raise Http404
    today, now = timezone.localdate(), timezone.now()
    with override(language_of(user)):
        items = plan.items(plan.worked_with(user), user, today - BEHIND, today + AHEAD, plan.sections(user))
        content = calendar_of(items, now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    add_never_cache_headers(response)
    return response


class CalendarFeedView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Makes a person's address, shows it once, and withdraws it."""

    model = Page
    any_permission_required = ("add", "change", "publish")
    template_name = "editorial/calendar_feed.html"
    page_title = _("The plan in your calendar")
    header_icon = "calendar-alt"

    def get_breadcrumbs_items(self):
        there = {"url": reverse("editorial_plan"), "label": gettext("Plan")}
        return [*super().get_breadcrumbs_items(), there, {"url": "", "label": self.page_title}]

    def post(self, request, *args, **kwargs):
        address = ""
        if "withdraw" in request.POST:
            CalendarToken.objects.filter(user=request.user).delete()
        else:
            address = full_url(reverse("calendar_feed", args=[CalendarToken.issue(request.user)]))
        return self.render_to_response(self.get_context_data(address=address))

    def get_context_data(self, **kwargs):
        held = CalendarToken.objects.filter(user=self.request.user).first()
        return super().get_context_data(held=held, **kwargs)
