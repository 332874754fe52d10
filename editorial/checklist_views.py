"""The checklist in the editor: a side panel, fresh after every save, and the form in which a finding is settled."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Page

from core.guards import Refused
from editorial.checklist import SHOULD, check, check_latest, may_settle, settle


class ChecklistSidePanel(BaseSidePanel):
    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = gettext_lazy("Toggle checklist")
        icon_name = "tasks"

        def get_context_data(self, parent_context):
            checklist = self.panel.checklist
            return super().get_context_data(parent_context) | {"count": checklist.left if checklist else 0}

    name = "checklist"
    title = gettext_lazy("Checklist")
    template_name = "editorial/checklist_panel.html"
    order = 150

    @cached_property
    def checklist(self):
        """None for a page that has not been saved yet."""
        return check(self.object) if self.object.pk else None

    def get_context_data(self, parent_context):
        return super().get_context_data(parent_context) | {
            "checklist": self.checklist,
            "may_settle": bool(self.checklist) and may_settle(self.object, self.request.user),
        }


class WithChecklist:
    """Mixed into the editor. What Wagtail sends back after an automatic save has every side panel in it, this one too."""

    def get_side_panels(self):
        return MediaContainer([*super().get_side_panels(), ChecklistSidePanel(self.page, self.request)])


class CreateWithChecklist(WithChecklist, CreateView):
    pass


class EditWithChecklist(WithChecklist, EditView):
    partials_template_name = "editorial/edit_partials.html"


class SettleForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it may stand"),
        help_text=gettext_lazy("Whoever reviews the page reads it. It holds until this part of the page changes."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SettleView(WagtailAdminTemplateMixin, FormView):
    """Settles what a rule has found on the latest version of a page, with a reason."""

    template_name = "editorial/settle.html"
    form_class = SettleForm
    page_title = gettext_lazy("Settle with a reason")
    header_icon = "tasks"

    def dispatch(self, request, *args, page_id: int, code: str, **kwargs):
        self.page = get_object_or_404(Page, pk=page_id).specific
        if self.page.alias_of_id or not may_settle(self.page, request.user):
            raise PermissionDenied
        self.entry = check_latest(self.page).entry(code)
        if self.entry is None or self.entry.rule.kind != SHOULD or not self.entry.findings:
            raise Refused(gettext("There is nothing to settle here any more."))
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        return {"reason": self.entry.settlement.reason if self.entry.settlement else ""}

    def get_page_subtitle(self):
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self):
        page = {"url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]), "label": self.get_page_subtitle()}
        return [*super().get_breadcrumbs_items(), page, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(page=self.page, entry=self.entry, **kwargs)

    def form_valid(self, form):
        settle(self.page, self.entry.rule.code, self.request.user, form.cleaned_data["reason"])
        messages.success(self.request, gettext("Settled: %(rule)s.") % {"rule": self.entry.rule.label})
        return redirect("wagtailadmin_pages:edit", self.page.pk)
