"""The word lists that only articles use; they stand in the newsroom's menu of word lists with the others."""

from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from articles.terms import NewsCategory, Series
from core.wagtail_hooks import WORD_LISTS


class NewsCategoryViewSet(SnippetViewSet):
    model = NewsCategory
    icon = "tag"
    menu_hook = WORD_LISTS
    menu_order = 60
    list_display = ("label_sv", "label_en", "code", "valid_until")
    search_fields = ("label_sv", "label_en", "code")


class SeriesViewSet(SnippetViewSet):
    model = Series
    icon = "list-ol"
    menu_hook = WORD_LISTS
    menu_order = 70
    list_display = ("title_sv", "title_en", "code")
    search_fields = ("title_sv", "title_en")


register_snippet(NewsCategoryViewSet)
register_snippet(SeriesViewSet)
