"""Reports from readers in the newsroom: a list with who answers each, and by which day."""

from django import forms
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.viewsets.model import ModelViewSet

from home.barriers import answer, answerers, tell_owner
from home.models import BarrierReport


class BarrierReportForm(WagtailAdminModelForm):
    """Who answers, and the answer. Ticking the box keeps the moment and sends it; unticking it opens the report again."""

    handled = forms.BooleanField(
        label=_("Answered"),
        required=False,
        help_text=_("The answer is mailed when you save, if whoever reported it left an address."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("handled", self.instance.handled_at is not None)
        self.fields["owner"].queryset = answerers()
        self.owner_before = self.instance.owner_id

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("handled") and not cleaned.get("handling"):
            self.add_error("handling", _("Write the answer: what was done, or why it cannot be."))
        return cleaned

    def save(self, commit=True):
        was_open = self.instance.handled_at is None
        if self.cleaned_data["handled"]:
            self.instance.handled_at = self.instance.handled_at or timezone.now()
        else:
            self.instance.handled_at = None
        report = super().save(commit)
        if report.handled_at and was_open:
            answer(report)
        if report.owner_id and report.owner_id != self.owner_before and not report.handled_at:
            tell_owner([report], "handed", {report.owner} - {self.for_user})
        return report


class DueColumn(Column):
    """The day of the answer, marked when it has passed."""

    cell_template_name = "home/due_cell.html"


class BarrierReportViewSet(ModelViewSet):
    model = BarrierReport
    icon = "warning"
    menu_label = _("Reported barriers")
    menu_name = "barrier-reports"
    menu_order = 800
    add_to_admin_menu = True
    copy_view_enabled = False
    ordering = (F("handled_at").desc(nulls_first=True), "created_at")  # open ones first, the most urgent on top
    list_filter = ["owner", "language"]
    search_fields = ("case", "description", "address")
    list_display = (
        "case",
        Column("address", label=_("Page")),
        DateColumn("created_at", label=_("Received"), sort_key="created_at"),
        StatusTagColumn("state", label=_("State"), primary=lambda report: not report.handled_at),
        Column("owner", label=_("Who answers"), sort_key="owner__first_name"),
        DueColumn("due_on", label=_("Answer by")),
        DateColumn("handled_at", label=_("Answered"), sort_key="handled_at"),
    )
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel(name, read_only=True)
                    for name in ("case", "created_at", "address", "description", "email")
                ],
                heading=_("What was reported"),
            ),
            MultiFieldPanel(
                [FieldPanel("owner"), FieldPanel("handling"), FieldPanel("handled")], heading=_("The answer")
            ),
        ],
        base_form_class=BarrierReportForm,
    )


@hooks.register("register_admin_viewset")
def barrier_reports():
    return BarrierReportViewSet("barrier_reports", url_prefix="barriers")
