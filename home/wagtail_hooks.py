"""Reports from readers in the newsroom: a list with the day by which each is answered."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSet

from home.models import BarrierReport


class BarrierReportForm(WagtailAdminModelForm):
    """What was done about it. Ticking the box keeps the moment; unticking it opens the report again."""

    handled = forms.BooleanField(
        label=_("Handled"), required=False, help_text=_("Tick when whoever reported it has an answer.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("handled", self.instance.handled_at is not None)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("handled") and not cleaned.get("handling"):
            self.add_error("handling", _("Say in a sentence what was done."))
        return cleaned

    def save(self, commit=True):
        if self.cleaned_data["handled"]:
            self.instance.handled_at = self.instance.handled_at or timezone.now()
        else:
            self.instance.handled_at = None
        return super().save(commit)


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
    ordering = ("handled_at", "created_at")
    list_filter = ["language"]
    search_fields = ("case", "description", "address")
    list_display = (
        "case",
        Column("address", label=_("Page")),
        DateColumn("created_at", label=_("Received"), sort_key="created_at"),
        DueColumn("due_on", label=_("Answer by")),
        DateColumn("handled_at", label=_("Handled"), sort_key="handled_at"),
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
            MultiFieldPanel([FieldPanel("handling"), FieldPanel("handled")], heading=_("What we did")),
        ],
        base_form_class=BarrierReportForm,
    )


@hooks.register("register_admin_viewset")
def barrier_reports():
    return BarrierReportViewSet("barrier_reports", url_prefix="barriers")
