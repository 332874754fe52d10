from django.utils.translation import gettext_lazy as _

from articles.terms import NewsCategory, Series
from core.filters import SubjectFilterForm, YearField
from core.listing import TermChoiceField
from core.usage import shown


class NewsFilterForm(SubjectFilterForm):
    category = TermChoiceField(NewsCategory, label=_("Category"), empty_label=_("All categories"))
    year = YearField(label=_("Year"))

    def filter(self, pages, category=None, year=None, **rest):
        if category:
            pages = pages.filter(category=category)
        if year:
            pages = pages.filter(first_published_at__year=year)
        return super().filter(pages, **rest)


class BookTipFilterForm(SubjectFilterForm):
    year = YearField(label=_("Year of the book"))

    def filter(self, pages, year=None, **rest):
        return super().filter(pages.filter(year=year) if year else pages, **rest)


class BlogFilterForm(SubjectFilterForm):
    series = TermChoiceField(Series, label=_("Series"), empty_label=_("All posts"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["series"].queryset = shown(Series)

    def filter(self, pages, series=None, **rest):
        return super().filter(pages.filter(series=series) if series else pages, **rest)
