"""The newsroom's part of search: synonyms, promoted hits, and what is searched for."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from search.models import Promotion, Synonym
from search.reports import SearchReport


class SynonymViewSet(SnippetViewSet):
    model = Synonym
    icon = "arrow-right-full"
    menu_order = 10
    list_display = ("term", "equivalents", "both_ways", "language")
    search_fields = ("term", "equivalents")


class PromotionViewSet(SnippetViewSet):
    model = Promotion
    icon = "pick"
    menu_order = 20
    list_display = ("page", "questions")
    search_fields = ("questions", "page__title")


class SearchSnippets(SnippetViewSetGroup):
    items = (SynonymViewSet, PromotionViewSet)
    menu_label = _("Search words")
    menu_name = "search-words"
    menu_icon = "search"
    menu_order = 720


register_snippet(SearchSnippets)


class ForWordKeepers(MenuItem):
    """Shown to those who look after what is found."""

    def is_shown(self, request):
        return request.user.has_perm("search.change_synonym")


@hooks.register("register_admin_urls")
def report_urls():
    return [
        path("reports/searches/", SearchReport.as_view(), name="search_report"),
        path("reports/searches/results/", SearchReport.as_view(results_only=True), name="search_report_results"),
    ]


@hooks.register("register_reports_menu_item")
def report_menu_item():
    return ForWordKeepers(_("Searches"), reverse("search_report"), name="searches", icon_name="search", order=120)
