"""Pages that editors put first for certain questions."""

from django.core.cache import cache
from django.db.models import F

from search.analysis import analyse, normalised, words
from search.engines import SHOWN, Found
from search.models import KEPT, Promotion, SearchDocument, SearchText


def key_of(text: str, language: str) -> tuple[str, ...]:
    """A question without forms and capitals."""
    return tuple(analyse(word, language).lemma for word in words(normalised(text)))


def promoted(text: str, language: str, promotions=None) -> list[Found]:
    """The pages that editors put first for a question, as the index has them. No statement where there are none."""
    if promotions is None:
        promotions = cache.get_or_set(_name(language), lambda: lines(language), KEPT)
    key = key_of(text, language) if promotions else ()
    ids = list(dict.fromkeys(page_id for line, page_id in promotions if key and key_of(line, language) == key))
    return found(ids) if ids else []


def lines(language: str) -> list[tuple[str, int]]:
    """`(question, key of the page)` for all promotions of pages in a language.

    Every few seconds somebody's search reads them. Told the language, SQLite would begin with all pages that have it.
    """
    rows = Promotion.objects.annotate(language=F("page__locale__language_code"))
    return [(line, row.page_id) for row in rows if row.language == language for line in row.lines]


def found(page_ids: list[int]) -> list[Found]:
    """Pages as the index has them, in their order; those that are not in it are left out."""
    texts = {text.page_id: text for text in SearchText.objects.filter(page_id__in=page_ids)}
    rows = {row.page_id: row for row in SearchDocument.objects.filter(page_id__in=page_ids)}
    return [
        Found(pk, rows[pk].kind, rows[pk].published_at, *(getattr(text, name) for name in SHOWN))
        for pk in page_ids
        if pk in rows and (text := texts.get(pk))
    ]


def forget() -> None:
    """Lets this process, and all where the cache is shared, read the promotions anew."""
    cache.delete_many([_name("sv"), _name("en")])


def _name(language: str) -> str:
    return f"search-promotions-{language}"
