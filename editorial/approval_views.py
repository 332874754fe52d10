"""The screens of approval: verdicts in Wagtail's dialogues, forced publication and the list of what someone has to look at."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView, ListView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.workflow import CollectWorkflowActionDataView, WorkflowActionView
from wagtail.models import Page

from core.guards import head_of
from editorial.force import finish_review, force_publish, may_force, may_review, may_see_reviews
from editorial.models import AfterReview
from editorial.task import locked, what_is_missing
from editorial.undo_views import offer


class OneVerdict:
    """Whoever comes second is told who decided what. Wagtail sends them away without a word once the review has ended."""

    def dispatch(self, request, *args, **kwargs):
        head_of(self.object)
        locked(self.task_state)
        return super().dispatch(request, *args, **kwargs)


class VerdictView(OneVerdict, WorkflowActionView):
    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        offer(request, self.object)
        return response


class VerdictDialogueView(OneVerdict, CollectWorkflowActionDataView):
    """The editor's dialogue, whose answers are sent along with the page."""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is published without review"),
        help_text=gettext_lazy("Kept in the page's history and sent to the chief editors."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ForcePublishView(WagtailAdminTemplateMixin, FormView):
    """Publishes the latest version of a page past its workflow."""

    template_name = "editorial/force_publish.html"
    form_class = ReasonForm
    page_title = gettext_lazy("Publish without review")
    header_icon = "warning"

    def dispatch(self, request, *args, page_id: int, **kwargs):
        self.page = get_object_or_404(Page, pk=page_id).specific
        if (
            not may_force(request.user)
            or self.page.alias_of_id
            or not self.page.permissions_for_user(request.user).can_edit()
        ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self):
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self):
        page = {"url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]), "label": self.get_page_subtitle()}
        return [*super().get_breadcrumbs_items(), page, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(page=self.page, missing=what_is_missing(self.page), **kwargs)

    def form_valid(self, form):
        force_publish([self.page], self.request.user, form.cleaned_data["reason"])
        messages.success(
            self.request,
            gettext(
                "“%(title)s” is published. It stays on the list of after-reviews until someone else has looked at it."
            )
            % {"title": self.page.get_admin_display_title()},
        )
        offer(self.request, self.page)
        return redirect("wagtailadmin_pages:edit", self.page.pk)


class AfterReviewsView(WagtailAdminTemplateMixin, ListView):
    """What was published without review: what waits first, then what has been looked at."""

    template_name = "editorial/after_reviews.html"
    page_title = gettext_lazy("After-reviews")
    header_icon = "warning"
    paginate_by = 50

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def dispatch(self, request, *args, **kwargs):
        if not may_see_reviews(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        reviews = AfterReview.objects.select_related("forced_by", "done_by").prefetch_related("pages", "authors")
        return reviews.order_by(F("done_at").desc(nulls_first=True), "-created_at")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        for review in context["object_list"]:
            review.may_be_done = not review.done_at and may_review(review, self.request.user)
        return context


@require_POST
def finish_review_view(request, review_id: int):
    review = get_object_or_404(AfterReview, pk=review_id)
    finish_review(review, request.user)
    messages.success(request, gettext("Noted: looked at."))
    return redirect(reverse("editorial_after_reviews"))
