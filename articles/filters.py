from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.terms import NewsCategory, Series
from core.alphabet import Alphabetical
from core.filters import SubjectFilterForm, YearField
from core.listing import TermChoiceField
from core.usage import shown


class NewsFilterForm(SubjectFilterForm):
    lookups = {"category": "category", "year": "first_published_at__year"}

    category = TermChoiceField(NewsCategory, label=_("Category"), empty_label=_("All categories"))
    year = YearField(label=_("Year"))


class BookTipFilterForm(SubjectFilterForm):
    lookups = {"year": "year"}

    year = YearField(label=_("Year of the book"))


class BlogFilterForm(SubjectFilterForm):
    lookups = {"series": "series"}

    series = TermChoiceField(Series, label=_("Series"), empty_label=_("All posts"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        language = get_language() or settings.LANGUAGE_CODE
        title = Coalesce(NullIf(f"title_{language}", Value("")), "title_sv")
        self.fields["series"].queryset = shown(Series).order_by(Alphabetical(title, language), "pk")
