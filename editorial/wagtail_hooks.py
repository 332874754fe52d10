"""Registers the newsroom's screens with Wagtail. Nothing is decided here."""

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.home import LockedPagesPanel
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail.snippets.models import register_snippet

from editorial import release_site, release_views, viewsets
from editorial.calendar_feed import CalendarFeedView
from editorial.checklist_views import SettleView
from editorial.dashboard import panels_for
from editorial.handbook import handbook
from editorial.plan_views import MoveView, PlanView
from editorial.release import VIEW
from editorial.reports import MissingAltReport, ReviewReport, confirm_view

register_snippet(viewsets.PersonViewSet)
register_snippet(viewsets.SchoolPeriodViewSet)
register_snippet(viewsets.WordLists)
hooks.register("register_bulk_action", viewsets.HandOverBulkAction)
# After Wagtail's own of the same names, so that these win.
hooks.register("register_bulk_action", viewsets.NobodyAssignsRoles, order=10)
hooks.register("register_bulk_action", viewsets.NobodyDeletesUsers, order=10)
hooks.register("register_bulk_action", viewsets.NobodySetsActiveState, order=10)


@hooks.register("register_admin_viewset")
def page_views():
    return viewsets.NewsroomPageViewSet()


@hooks.register("register_admin_urls")
def newsroom_urls():
    return [
        *viewsets.ACCOUNT_URLS,
        path("handbok/", handbook, name="editorial_handbook"),
        *release_views.URLS,
        path("releases/<int:release_id>/site/", release_site.site, name="editorial_release_site"),
        path("releases/<int:release_id>/site/<path:place>", release_site.site),
        path("plan/", PlanView.as_view(), name="editorial_plan"),
        path("plan/calendar/", CalendarFeedView.as_view(), name="editorial_calendar_feed"),
        path("plan/<int:page_id>/<slug:lane>/", MoveView.as_view(), name="editorial_move"),
        path("pages/<int:page_id>/checklist/<slug:code>/", SettleView.as_view(), name="editorial_settle"),
        path("reports/review/", ReviewReport.as_view(), name="editorial_review"),
        path("reports/review/results/", ReviewReport.as_view(results_only=True), name="editorial_review_results"),
        path("reports/review/<int:page_id>/confirm/", confirm_view, name="editorial_confirm"),
        path("reports/missing-alt/", MissingAltReport.as_view(), name="editorial_missing_alt"),
        path(
            "reports/missing-alt/results/",
            MissingAltReport.as_view(results_only=True),
            name="editorial_missing_alt_results",
        ),
    ]


@hooks.register("construct_homepage_panels")
def first_screen(request, panels):
    locked = [panel for panel in panels if isinstance(panel, LockedPagesPanel)]
    panels[:] = [*panels_for(request.user), *locked]


@hooks.register("construct_homepage_summary_items", order=1000)
def without_totals(request, items):
    """How many pages and pictures there are is no news."""
    items.clear()


class ForPageWorkers(MenuItem):
    """Shown to those who work with pages."""

    def is_shown(self, request):
        return policy_registry.get_by_type(Page).user_has_any_permission(
            request.user, ReviewReport.any_permission_required
        )


@hooks.register("register_admin_menu_item")
def plan_menu_item():
    return ForPageWorkers(_("Plan"), reverse("editorial_plan"), name="plan", icon_name="calendar-alt", order=150)


class ReleasesMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm(VIEW)


@hooks.register("register_admin_menu_item")
def releases_menu_item():
    return ReleasesMenuItem(
        _("Releases"), reverse("editorial_releases"), name="releases", icon_name="list-ul", order=155
    )


@hooks.register("register_reports_menu_item")
def review_menu_item():
    return ForPageWorkers(
        _("Due for review"), reverse("editorial_review"), name="review", icon_name="history", order=100
    )


@hooks.register("register_reports_menu_item")
def missing_alt_menu_item():
    return ForPageWorkers(
        _("Pictures without alt text"),
        reverse("editorial_missing_alt"),
        name="missing-alt",
        icon_name="image",
        order=110,
    )


@hooks.register("register_help_menu_item")
def handbook_menu_item():
    return MenuItem(_("Handbook"), reverse("editorial_handbook"), name="handbook", icon_name="help", order=10)


@hooks.register("construct_help_menu")
def help_in_our_words(request, items):
    """Links to the makers of the software help no editor."""
    items[:] = [item for item in items if item.name in ("handbook", "keyboard-shortcuts-trigger")]


@hooks.register("insert_global_admin_css")
def newsroom_css():
    return format_html('<link rel="stylesheet" href="{}">', static("editorial/newsroom.css"))


@hooks.register("insert_editor_js")
def editor_script():
    return format_html('<script src="{}"></script>', static("editorial/newsroom.js"))


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in (
        ("editorial.schedule.missed", _("Time missed"), _("Not published: its whole time had passed")),
        ("editorial.review.confirmed", _("Still holds"), _("Read again: still holds")),
        ("editorial.settled", _("Settled"), _("A finding of the checklist was settled")),
        ("editorial.handover", _("Handed over"), _("Someone else became responsible")),
        ("editorial.release.added", _("In a release"), _("Put into a release")),
        ("editorial.release.taken_out", _("Out of a release"), _("Taken out of a release")),
        ("editorial.release.made", _("Release made"), _("The release was made")),
        ("editorial.release.changed", _("Release changed"), _("The name or the moment of the release was changed")),
        ("editorial.release.dissolved", _("Release dissolved"), _("The release was dissolved")),
        ("editorial.release.done", _("Release carried out"), _("Everything in the release was carried out")),
        ("editorial.release.undone", _("Release taken back"), _("What was live before the release is live again")),
        ("editorial.account.invite", _("Invited"), _("Invitation sent")),
        ("editorial.account.deactivate", _("Deactivated"), _("Account deactivated")),
        ("editorial.account.activate", _("Activated"), _("Account activated")),
    ):
        actions.register_action(name, label, message)
