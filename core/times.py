"""Times as people type them, by the Swedish clock. Twice a year that clock lies: an hour is missing, or comes twice."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, TextChoices
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.panels import PublishingPanel
from wagtail.admin.widgets import AdminDateTimeInput


class Which(TextChoices):
    """The first and the second time that the clock shows an hour in the night on which it is put back."""

    SUMMER = "summer", _("summer time, the first time")
    WINTER = "winter", _("standard time, an hour later")


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def comes_twice(wall: datetime) -> bool:
    """Whether the clock shows this naive time twice."""
    first, second = (wall.replace(tzinfo=zone(), fold=fold).utcoffset() for fold in (0, 1))
    return first > second


def moment_of(wall: datetime, which: str = "") -> datetime:
    """The moment, in UTC, at which the clock shows a naive time; `which` of two, where there are two.

    Raises ValidationError for a time that the clock skips, and for one that comes twice while nobody says which.
    """
    first, second = (wall.replace(tzinfo=zone(), fold=fold) for fold in (0, 1))
    words = {"time": f"{wall:%H.%M}", "day": date_format(wall, "j F Y")}
    if first.utcoffset() < second.utcoffset():
        raise ValidationError(
            _("%(time)s does not exist on %(day)s: the clock is put forward that night. Choose another time."),
            code="skipped",
            params=words,
        )
    if first.utcoffset() > second.utcoffset() and which not in Which.values:
        raise ValidationError(
            _("%(time)s comes twice on %(day)s: the clock is put back that night. Say which of the two."),
            code="twice",
            params=words,
        )
    return (second if which == Which.WINTER else first).astimezone(UTC)


def which_of(at: datetime) -> str:
    """Which of two times with the same name a moment is; an empty string where there is one."""
    local = at.astimezone(zone())
    if not comes_twice(local.replace(tzinfo=None, fold=0)):
        return ""
    return Which.WINTER if local.fold else Which.SUMMER


def _split(value: str) -> tuple[str, str]:
    """What was typed as a time, and which of two it is to be."""
    typed, _space, which = value.strip().rpartition(" ")
    return (typed, which) if which in Which.values else (value, "")


class ClockInput(AdminDateTimeInput):
    """Wagtail's field for a time. Where the time comes twice it asks which is meant."""

    template_name = "core/widgets/clock_input.html"

    def value_from_datadict(self, data, files, name):
        typed, which = super().value_from_datadict(data, files, name), data.get(f"{name}_which")
        return f"{typed} {which}" if typed and which in Which.values else typed

    def get_context(self, name, value, attrs):
        typed, which = _split(value) if isinstance(value, str) else (value, "")
        context = super().get_context(name, typed, attrs)
        shown = context["widget"]["value"]
        try:
            wall = parse_datetime(shown) if shown else None
        except ValueError:
            wall = None
        if wall and wall.tzinfo is None and comes_twice(wall):
            context["widget"] |= {"choices": Which.choices, "which": which}
        return context


class ClockField(forms.DateTimeField):
    """A time by the Swedish clock; its value is a moment in UTC."""

    widget = ClockInput

    def prepare_value(self, value):
        if isinstance(value, datetime) and value.tzinfo:
            shown = value.astimezone(zone()).replace(tzinfo=None, fold=0)
            which = which_of(value)
            return f"{self.widget.format_value(shown)} {which}" if which else shown
        return value

    def to_python(self, value):
        if value in self.empty_values:
            return None
        typed, which = _split(value) if isinstance(value, str) else (value, "")
        wall = self._read(typed)
        return moment_of(wall, which) if wall.tzinfo is None else wall.astimezone(UTC)

    def _read(self, typed) -> datetime:
        """What was typed, without regard to the clock; aware where an offset was typed with it."""
        if isinstance(typed, datetime):
            return typed
        try:
            read = parse_datetime(typed.strip())
        except ValueError:
            read = None
        if read is None:
            # The formats of the language, without Django's own judgement of the clock.
            read = forms.fields.BaseTemporalField.to_python(self, typed)
        if not 1900 < read.year < 9000:
            raise ValidationError(gettext("Give a date and a time, such as 2026-11-24 07:30."), code="invalid")
        return read


def publishing_panel() -> PublishingPanel:
    """Wagtail's panel of the two times, with our field."""
    panel = PublishingPanel()
    for child in panel.children:
        child.widget = ClockInput(
            attrs=child.widget.attrs, js_overlay_parent_selector=child.widget.js_overlay_parent_selector
        )
    return panel


def connect() -> None:
    """Every time in the newsroom's forms is typed by this clock."""
    register_form_field_override(DateTimeField, override={"form_class": ClockField, "widget": ClockInput})
