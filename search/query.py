"""What visitors find: one question, one answer, whichever engine holds the index."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from wagtail.models import Page

from core import kinds
from core.addresses import addresses_of
from core.visibility import public_q
from search.analysis import analyse, fold, normalised, words
from search.asking import MAX_LENGTH
from search.attachments import files_in
from search.documents import kept_texts
from search.engines import MOST_COUNTED, UNASKED, VERY_MANY, Engine, Found, Lookup, Tally, visitors_engine
from search.excerpts import Marker
from search.expressions import Expression, Token, any_of
from search.models import SearchTerm
from search.planning import Plan, Planner
from search.ranking import RANKED, ranked, reader_for
from search.synonyms import Synonyms, synonyms

ENOUGH = 5  # hits: with fewer, pages that have some of the words only are shown after them
SUGGESTIONS = 8
SUGGESTED_WORDS = 3
SHORT = 4  # letters: what begins with fewer is completed from titles only
TITLES_READ = 300  # titles with the words before the last that are looked through for it
LAST_LETTER = "\U0010ffff"


@dataclass(frozen=True)
class Hit:
    page_id: int
    kind: str
    kind_label: str
    url: str
    title_html: SafeString
    excerpt_html: SafeString
    date: datetime | None
    label: str
    attachment: str = ""  # the file that the excerpt is from


@dataclass(frozen=True)
class Asked:
    """A question: what was typed, in which language, narrowed to what. `filters` as in `search.engines.Lookup`."""

    text: str
    language: str
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    newest_first: bool = False


class Answer:
    """The answer to a question, as a sequence of hits for the paginator.

    Where few hits have every word, those that have some of the words, or the same words with other dots, come after them:
    then the answer is widened. `total` counts all of these, exactly up to `MOST_COUNTED`.
    """

    def __init__(self, asked: Asked, engine: Engine | None = None, words: Synonyms | None = None):
        self.asked = asked
        self.engine = engine or visitors_engine()
        planner = Planner(asked.text, asked.language, words or synonyms(asked.language))
        self.plan = planner.plan()
        self.plans: list[Plan] = []
        self.best: list[Found] = []  # the first hits, in their order
        self.strict = 0  # how many of them have every word, where the answer is widened
        self.is_widened = False
        self._tallied: dict[tuple, list[Tally]] = {}
        if self.plan:
            self.plans = [self.plan]
            self.lookup = self._lookup(self.plan, self.plan.all_words, min(group.pages for group in self.plan.groups))
            self.best = self._ranked(self.lookup, self.plan)
            if len(self.best) < ENOUGH and self._has_few():
                self._widen(planner)

    def _lookup(self, plan: Plan, expression: Expression, pages: int) -> Lookup:
        asked = self.asked
        groups = plan.groups
        return Lookup(asked.language, expression, groups, pages, plan.unwanted, asked.filters, asked.newest_first)

    def _ranked(self, lookup: Lookup, plan: Plan) -> list[Found]:
        found = self.engine.top(lookup, RANKED)
        return found if lookup.newest_first else ranked(found, plan, reader_for([plan]))

    def _has_few(self) -> bool:
        """Whether few pages have every word, whatever the hits are narrowed to: a filter does not change what is looked for."""
        return not self.asked.filters or sum(tally.hits for tally in self.tallies) < ENOUGH

    def _widen(self, planner: Planner) -> None:
        """Adds the pages that have the same words with other dots, then those that have any of the words."""
        steps = []
        wide = planner.plan(wide=True)
        if wide.groups != self.plan.groups:
            steps.append((wide, wide.all_words, min(group.pages for group in wide.groups)))
        if len(wide.groups) > 1:
            steps.append((wide, wide.any_word, sum(group.pages for group in wide.groups)))
        choices, groups, self.strict = [(1.0, self.lookup.expression)], list(self.plan.groups), len(self.best)
        for plan, expression, pages in steps:
            known = tuple(found.page_id for found in self.best)
            more = self._ranked(replace(self._lookup(plan, expression, pages), without=known), plan)
            self.is_widened = self.is_widened or bool(more)
            self.best += more
            choices.append((1.0, expression))
            groups += plan.groups
            self.plans.append(plan)
        if self.is_widened:
            most = max(pages for _plan, _expression, pages in steps)
            self.lookup = replace(
                self.lookup, expression=any_of(choices), groups=tuple(dict.fromkeys(groups)), pages=most
            )
            self._tallied.clear()
            if self.asked.newest_first:
                self.best, self.strict = self.engine.top(self.lookup, RANKED), 0

    @property
    def tallies(self) -> list[Tally]:
        """What all hits are, before they are narrowed."""
        return self._narrowed_to({})

    def _narrowed_to(self, filters: dict[str, tuple[str, ...]]) -> list[Tally]:
        """What the hits are that pass some filters. Each combination is asked for once."""
        key = tuple(sorted(filters.items()))
        if key not in self._tallied:
            is_empty = not self.best and filters == self.asked.filters
            self._tallied[key] = [] if is_empty else self.engine.tally(replace(self.lookup, filters=filters))
        return self._tallied[key]

    @cached_property
    def total(self) -> int:
        """The number of hits, at most one more than `MOST_COUNTED`."""
        if not self.plan:
            return 0
        if self._is_exact:
            return sum(tally.hits for tally in self.tallies if self._passes(tally, self.asked.filters))
        return sum(tally.hits for tally in self._narrowed_to(self.asked.filters))

    @property
    def is_more_than_counted(self) -> bool:
        return self.total > MOST_COUNTED

    @property
    def _is_exact(self) -> bool:
        return not self.asked.filters or sum(tally.hits for tally in self.tallies) <= MOST_COUNTED

    @staticmethod
    def _passes(tally: Tally, filters: dict[str, tuple[str, ...]]) -> bool:
        return all(set(values).intersection(tally.values(name)) for name, values in filters.items())

    def counts(self, name: str) -> Counter:
        """How many hits there would be with each value of a filter, the other filters as they are."""
        others = {other: values for other, values in self.asked.filters.items() if other != name}
        if not self.plan:
            return Counter()
        if self._is_exact:
            tallies = [tally for tally in self.tallies if self._passes(tally, others)]
        else:
            tallies = self._narrowed_to(others)
        counts: Counter = Counter()
        for tally in tallies:
            for value in tally.values(name):
                counts[value] += tally.hits
        return counts

    @property
    def corrected(self) -> str:
        """What was looked for instead of what was typed; empty where nothing was corrected, or nothing found."""
        return self.plan.corrected(self.asked.text) if self.plan and self.total else ""

    def __len__(self) -> int:
        return min(self.total, MOST_COUNTED)

    def __getitem__(self, places: slice) -> list[Found]:
        """The hits at some places. The first are ranked; those after them come as the engine has them."""
        found = self.best[places]
        if places.stop > len(self.best) and len(self) > len(self.best):
            known = tuple(each.page_id for each in self.best)
            start = max(places.start, len(self.best))
            rest = replace(self.lookup, without=known)
            found += self.engine.top(rest, places.stop - start, start - len(self.best))
        return found

    def hits(self, found: Sequence[Found]) -> list[Hit]:
        """The hits as they are shown, without what is no longer public."""
        if not found or not self.plans:
            return []
        marker = Marker(reader_for(self.plans))
        addresses = public_addresses(found)
        return [_hit(each, addresses[each.page_id], marker) for each in found if each.page_id in addresses]


def _hit(found: Found, address: str, marker: Marker) -> Hit:
    """A hit as it is shown; the excerpt is from a file only where the page itself has none of the words."""
    kind, attachment = kinds.get(found.kind), ""
    title, _lead, text, _attached = kept_texts(found.readings)
    excerpt = marker.excerpt(found.text, text)
    if found.attached and not marker.finds(found.text, text):
        for name, words_of_file in files_in(found.attached):
            if marker.finds(words_of_file):
                excerpt, attachment = marker.excerpt(words_of_file), name
                break
    return Hit(
        found.page_id,
        found.kind,
        str(kind.label) if kind else "",
        address,
        marker.whole(found.title, title),
        excerpt,
        found.published_at,
        found.label,
        attachment,
    )


def public_addresses(found: Sequence[Found]) -> dict[int, str]:
    """The addresses of those pages that everyone may read now, whatever the index says.

    An engine in the database tells them with the hits; of other hits they are asked in one statement.
    """
    addresses = {each.page_id: each.address for each in found if each.address}
    if unasked := [each.page_id for each in found if each.address == UNASKED]:
        addresses |= addresses_of(Page.objects.filter(public_q(), pk__in=unasked))
    return addresses


def suggestions(text: str, language: str, engine: Engine | None = None) -> list[dict]:
    """At most eight words and pages that what was typed so far may become: `{text, url, kind}`.

    A page has an address and a kind, a word has neither. Only words of titles that everyone may read are shown.
    """
    typed = list(words(normalised(text)[:MAX_LENGTH]))
    if len("".join(typed)) < 2:
        return []
    engine, beginning = engine or visitors_engine(), fold(typed[-1])
    completions = {} if len(typed) > 1 else _completions(beginning, language)
    found = _titles(engine, language, typed, beginning, completions)
    addresses = public_addresses(found)
    pages = [each for each in found if each.page_id in addresses]
    shown = {fold(word) for each in pages for word in words(each.title)}
    offered = [word for word in completions if fold(word) in shown][:SUGGESTED_WORDS]
    listed = [{"text": word, "url": None, "kind": None} for word in offered]
    listed += [{"text": each.title, "url": addresses[each.page_id], "kind": each.kind} for each in pages]
    return listed[:SUGGESTIONS]


def _completions(beginning: str, language: str) -> dict[str, int]:
    """The words that begin so, å ä ö typed or not, and in how many pages each stands: those of most titles first."""
    terms = SearchTerm.objects.filter(language=language, folded__gte=beginning, folded__lt=beginning + LAST_LETTER)
    if len(beginning) < SHORT:
        terms = terms.filter(titles__gt=0)
    return dict(terms.order_by("-titles", "-pages", "term").values_list("term", "pages")[:SUGGESTIONS])


def _titles(engine: Engine, language: str, typed: list[str], beginning: str, completions: dict[str, int]) -> list[Found]:  # fmt: skip
    """Pages whose title has the words typed so far and one that begins like the last; else what the words may have meant.

    Of words in very many pages the newest titles: putting all in order would take longer than somebody types.
    """

    def look(plan: Plan, expression: Expression, limit: int, pages: int) -> list[Found]:
        return engine.titles(Lookup(language, expression, plan.groups, pages, newest_first=pages > VERY_MANY), limit)

    def look_for_all(plan: Plan, limit: int) -> list[Found]:
        return look(plan, plan.all_words, limit, min(group.pages for group in plan.groups))

    if len(typed) > 1 and (before := Planner(" ".join(typed[:-1]), language).plan()):
        found = look_for_all(before, TITLES_READ)
        continued = [each for each in found if any(fold(word).startswith(beginning) for word in words(each.title))]
        if continued:
            return continued[:SUGGESTIONS]
    if completions:
        lemmas = dict.fromkeys(analyse(word, language).lemma for word in completions)
        expression = any_of([(1.0, Token(lemma)) for lemma in lemmas])
        if found := look(Plan(language, ()), expression, SUGGESTIONS, sum(completions.values())):
            return found
    plan = Planner(" ".join(typed), language).plan()
    return look_for_all(plan, SUGGESTIONS) if plan else []
