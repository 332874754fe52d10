"""The screens of taking down: Wagtail's own confirmations with a reason, the form to ask, and what has been asked for."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView, ListView
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.bulk_actions.delete import DeleteBulkAction
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import DefaultPageForm
from wagtail.admin.views.pages.bulk_actions.unpublish import UnpublishBulkAction
from wagtail.admin.views.pages.delete import DeleteView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.models import Page

from editorial.models import TakedownRequest
from editorial.takedown import (
    ask,
    checked_reason,
    concerns_readers,
    decide,
    decline,
    may_ask,
    may_decide,
    note_reason,
    open_requests,
)

REASON = gettext_lazy("Why it is taken away from its readers")


def reason_field(**kwargs) -> forms.CharField:
    return forms.CharField(
        label=REASON,
        help_text=gettext_lazy("Kept in the page's history."),
        widget=forms.Textarea(attrs={"rows": 3}),
        **kwargs,
    )


class ReasonForm(forms.Form):
    reason = reason_field()


class AskForm(ReasonForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What you ask for"), choices=TakedownRequest.Kind.choices, widget=forms.RadioSelect
    )
    field_order = ["kind", "reason"]


class WithReason:
    """Wagtail's confirmation of one page. It asks for a reason where readers lose something, and answers who had asked."""

    target = "object"

    @property
    def taken(self) -> Page:
        return getattr(self, self.target)

    def get_context_data(self, **kwargs):
        asked = open_requests([self.taken])
        form = kwargs.pop("reason_form", None)
        if form is None and concerns_readers([self.taken]):
            form = ReasonForm(initial={"reason": asked[0].reason if asked else ""})
        return {**super().get_context_data(**kwargs), "reason_form": form, "asked": asked}

    def post(self, request, *args, **kwargs):
        form = ReasonForm(request.POST)
        if not concerns_readers([self.taken]):
            return super().post(request, *args, **kwargs)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(reason_form=form))
        asked = open_requests([self.taken])
        response = super().post(request, *args, **kwargs)
        if response.status_code == 302:
            note_reason(form.cleaned_data["reason"])
            decide(asked, request.user, granted=True)
        return response


class NewsroomUnpublishView(WithReason, UnpublishView):
    pass


class NewsroomDeleteView(WithReason, DeleteView):
    target = "page"
    template_name = "editorial/confirm_delete.html"


class BulkReasonForm(DefaultPageForm):
    reason = reason_field(required=False)


class BulkWithReason:
    """Wagtail's bulk acts, with the same reason for all of the pages."""

    form_class = BulkReasonForm

    def prepare_action(self, objects, objects_without_access):
        self.asked, self.needs_reason = open_requests(objects), concerns_readers(objects)
        if not self.needs_reason:
            return None
        try:
            self.reason = checked_reason(self.cleaned_form.cleaned_data["reason"])
        except ValidationError as error:
            self.cleaned_form.add_error("reason", error)
            return self.form_invalid(self.cleaned_form)
        return None

    def form_valid(self, form):
        response = super().form_valid(form)
        if response.status_code == 302 and self.needs_reason:
            note_reason(self.reason)
            decide(self.asked, self.request.user, granted=True)
        return response


class UnpublishWithReason(BulkWithReason, UnpublishBulkAction):
    pass


class DeleteWithReason(BulkWithReason, DeleteBulkAction):
    pass


class AskMenuItem(ActionMenuItem):
    label = gettext_lazy("Ask to take down…")
    name = "action-ask-takedown"
    icon_name = "download"
    order = 95

    def is_shown(self, context):
        page = context.get("page")
        return bool(context["view"] == "edit" and page and may_ask(page, context["request"].user))

    def get_url(self, context):
        return reverse("editorial_ask_takedown", args=[context["page"].pk])


class AskView(WagtailAdminTemplateMixin, FormView):
    """Asks the chief editors to take a page down."""

    template_name = "editorial/ask_takedown.html"
    form_class = AskForm
    page_title = gettext_lazy("Ask to take down")
    header_icon = "download"
    initial = {"kind": TakedownRequest.Kind.UNPUBLISH}

    def dispatch(self, request, *args, page_id: int, **kwargs):
        self.page = get_object_or_404(Page, pk=page_id).specific
        if not may_ask(self.page, request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self):
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self):
        page = {"url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]), "label": self.get_page_subtitle()}
        return [*super().get_breadcrumbs_items(), page, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(page=self.page, **kwargs)

    def form_valid(self, form):
        ask(self.page, self.request.user, form.cleaned_data["kind"], form.cleaned_data["reason"])
        messages.success(self.request, gettext("The chief editors have been asked. You get a mail when they decide."))
        return redirect("wagtailadmin_pages:edit", self.page.pk)


class TakedownsView(WagtailAdminTemplateMixin, ListView):
    """What has been asked for: what waits first, then what has been decided."""

    template_name = "editorial/takedowns.html"
    page_title = gettext_lazy("Requests to take down")
    header_icon = "download"
    paginate_by = 50
    queryset = TakedownRequest.objects.select_related("page", "asked_by", "decided_by").order_by(
        F("decided_at").desc(nulls_first=True), "-asked_at"
    )

    def dispatch(self, request, *args, **kwargs):
        if not may_decide(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]


@require_POST
def decline_view(request, request_id: int):
    asked = get_object_or_404(TakedownRequest, pk=request_id)
    decline(asked, request.user, request.POST.get("answer", ""))
    messages.success(request, gettext("The page stays. Whoever asked has been told."))
    return redirect("editorial_takedowns")
