"""Puts the approval mechanism in its places in the newsroom. Nothing is decided here."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.permissions import policy_registry

from core.bypass import SCHEDULED
from core.guards import PAST_THE_WORKFLOW, guarded
from editorial import approval_views, bin_views, rescheduling, takedown_views, translations, undo_views
from editorial.bin import RESTORED, RESTORED_LIVE
from editorial.force import may_force, may_see_reviews
from editorial.models import FourEyesTask
from editorial.takedown import may_decide
from editorial.task import is_member, objection
from editorial.undo import UNDONE


class ForcePublishMenuItem(ActionMenuItem):
    label = _("Publish without review…")
    name = "action-force-publish"
    icon_name = "warning"
    order = 90

    def is_shown(self, context):
        page = context.get("page")
        return bool(context["view"] == "edit" and page and guarded(page) and may_force(context["request"].user))

    def get_url(self, context):
        return reverse("editorial_force_publish", args=[context["page"].pk])


class AfterReviewsMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see_reviews(request.user)


class TakedownsMenuItem(MenuItem):
    def is_shown(self, request):
        return may_decide(request.user)


class BinMenuItem(MenuItem):
    def is_shown(self, request):
        return policy_registry.get_by_type(Page).user_has_any_permission(request.user, ("add", "change", "publish"))


class WithReason(LogFormatter):
    """An entry whose reader is told why."""

    def __init__(self, label, message):
        self.label, self.message = label, message

    def format_comment(self, log_entry):
        return log_entry.data.get("reason", "")


def urls():
    return [
        path(
            "pages/<int:page_id>/force-publish/",
            approval_views.ForcePublishView.as_view(),
            name="editorial_force_publish",
        ),
        path("after-reviews/", approval_views.AfterReviewsView.as_view(), name="editorial_after_reviews"),
        path(
            "after-reviews/<int:review_id>/done/", approval_views.finish_review_view, name="editorial_after_review_done"
        ),
        path("pages/<int:page_id>/ask-takedown/", takedown_views.AskView.as_view(), name="editorial_ask_takedown"),
        path("publications/<int:publication_id>/undo/", undo_views.undo_view, name="editorial_undo"),
        path("bin/", bin_views.BinView.as_view(), name="editorial_bin"),
        path("bin/<int:binned_id>/restore/", bin_views.RestoreView.as_view(), name="editorial_restore"),
        path("takedowns/", takedown_views.TakedownsView.as_view(), name="editorial_takedowns"),
        path("takedowns/<int:request_id>/decline/", takedown_views.decline_view, name="editorial_decline_takedown"),
        path("pages/<int:page_id>/send-translation/", translations.send_view, name="editorial_send_translation"),
        path("reports/out-of-date/", translations.OutOfDateReport.as_view(), name="editorial_out_of_date"),
        path(
            "reports/out-of-date/results/",
            translations.OutOfDateReport.as_view(results_only=True),
            name="editorial_out_of_date_results",
        ),
    ]


def say_why_not(request, page):
    """Tells a member of the current step why they cannot approve."""
    if request.method != "GET" or request.GET or page.alias_of_id:
        return
    task = page.current_workflow_task
    if (
        isinstance(task, FourEyesTask)
        and is_member(task, request.user)
        and (reason := objection(page, request.user, "approve"))
    ):
        messages.info(request, reason)


def say_what_was_asked(request, page):
    """Shows the comment of whoever sent the page back beside the text it is about."""
    state = page.current_workflow_state if request.method == "GET" and not request.GET else None
    verdict = state.current_task_state if state and state.status == state.STATUS_NEEDS_CHANGES else None
    if verdict and verdict.comment:
        words = {"name": verdict.finished_by or _("Someone"), "comment": verdict.comment}
        messages.warning(request, _("%(name)s sent this back: %(comment)s") % words)


def log_actions(actions):
    for name, label, message in (
        ("editorial.time", _("Time changed"), _("The time of publication was changed")),
        ("editorial.not_approved", _("Not approved"), _("The review ended without an approval; nothing was published")),
        ("editorial.after_review", _("After-review"), _("Looked at after it was published without review")),
    ):
        actions.register_action(name, label, message)
    for name, label in (
        (PAST_THE_WORKFLOW, _("Superuser: published past the workflow")),
        (SCHEDULED, _("Superuser: scheduled past the workflow")),
    ):
        actions.register_action(name, label, label)
    for name, label in (
        ("wagtail.publish.force", _("Published without review")),
        ("wagtail.unpublish", _("Unpublished")),
        ("wagtail.delete", _("Deleted")),
        (RESTORED, _("Brought back from the bin")),
        (RESTORED_LIVE, _("Published again from the bin")),
        ("editorial.file_replaced", _("A file was replaced")),
    ):
        actions.register_action(name)(lambda label=label: WithReason(label, label))
    taken_back = (
        _("Publication taken back"),
        _("A publication was taken back: what was live before is live again"),
    )
    actions.register_action(UNDONE)(lambda: WithReason(*taken_back))
    actions.register_action(rescheduling.MOVED)(rescheduling.InWords)


def connect() -> None:
    hooks.register("register_admin_urls", urls)
    hooks.register("register_page_action_menu_item", ForcePublishMenuItem)
    hooks.register("register_page_action_menu_item", takedown_views.AskMenuItem)
    # After Wagtail's own of the same names, so that these win.
    hooks.register("register_bulk_action", takedown_views.UnpublishWithReason, order=10)
    hooks.register("register_bulk_action", takedown_views.DeleteWithReason, order=10)
    hooks.register(
        "register_reports_menu_item",
        lambda: TakedownsMenuItem(
            _("Requests to take down"),
            reverse("editorial_takedowns"),
            name="takedowns",
            icon_name="download",
            order=125,
        ),
    )
    hooks.register(
        "register_reports_menu_item",
        lambda: BinMenuItem(_("The bin"), reverse("editorial_bin"), name="bin", icon_name="bin", order=140),
    )
    hooks.register(
        "register_reports_menu_item",
        lambda: AfterReviewsMenuItem(
            _("After-reviews"), reverse("editorial_after_reviews"), name="after-reviews", icon_name="warning", order=120
        ),
    )
    hooks.register(
        "register_reports_menu_item",
        lambda: translations.OutOfDateMenuItem(
            _("Translations out of date"),
            reverse("editorial_out_of_date"),
            name="out-of-date",
            icon_name="site",
            order=130,
        ),
    )
    hooks.register("before_edit_page", say_why_not, order=-1)
    hooks.register("before_edit_page", say_what_was_asked, order=-1)
    hooks.register("after_edit_page", undo_views.offer)
    hooks.register("after_delete_page", bin_views.offer)
    hooks.register("register_log_actions", log_actions, order=10)  # after Wagtail's own of the same names
