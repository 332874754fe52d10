"""PostgreSQL's tsvector over our tokens: a small vector `h` of titles and leads, the whole text as `v`, its pairs as `p`."""

from collections.abc import Sequence

from django.db import connection

from search.analysis import pair_tokens, pairs_of
from search.engines import MANY, MOST_COUNTED, Columns, Found, Lookup, Tally
from search.expressions import All, Any, Expression, Phrase, Token, demands_phrase, has_phrase
from search.tables import LABELS, Tables, quoted

HEAD_WEIGHTS, BODY_WEIGHTS = "{0, 0, 0.4, 1}", "{0.08, 0.1, 0, 0}"  # of D, C, B, A
BODY_FACTOR = 57  # ts_rank divides by the number of words in a body, which a title has few of
TITLE, WRITTEN = LABELS["title"], "ABC"  # what phrases stand in: all but the parts of the body's words
RANKED_WHOLE, RANKED_PHRASES = 100, 150  # hits at most; nothing but the whole text says how good those of a phrase are
# Written so that no index serves them: the planner would take that of all such rows, and look for the word in each. It does
# so where many pages have just been published, since a GIN index is dear until it has put them in their places.
IN_LANGUAGE = "(d.language = %s) IS TRUE"
# The planner thinks that looking into a long vector costs nothing, and reads them all; it is kept from that. What lies on the
# disk is asked for far ahead, except where the server's system cannot: it says 0.
SETTINGS = (
    "SELECT set_config('enable_seqscan', 'off', true), CASE WHEN current_setting('effective_io_concurrency') <> '0'"
    " THEN set_config('effective_io_concurrency', '256', true) END"
)
IN_HEAD, IN_WHOLE, IN_PAIRS = (f"d.{vector} @@ %s::tsquery" for vector in ("h", "v", "p"))
VISIBLE = "coalesce(d.visible_until, 'infinity') > statement_timestamp()"


def compiled(expression: Expression, label: str = "") -> str:
    """A tsquery literal of quoted tokens, with the `label` of `search.tables.LABELS` where there is one."""
    match expression:
        case Token(text):
            return f"{quoted(text)}:{label}" if label else quoted(text)
        case Phrase(tokens):
            return f"({' <-> '.join(f'{quoted(token)}:{label or WRITTEN}' for token in tokens)})"
        case All(parts):
            return f"({' & '.join(compiled(part, label) for part in parts)})"
        case Any(choices):
            return f"({' | '.join(compiled(choice, label) for _weight, choice in choices)})"


def matched(lookup: Lookup, label: str = "") -> str:
    """The tsquery for a lookup, with what is not wanted."""
    wanted = compiled(lookup.expression, label)
    return " & ".join([wanted, *(f"!{compiled(each)}" for each in lookup.unwanted)])


def matches(lookup: Lookup) -> tuple[str, list[str]]:
    """The condition for a lookup in the whole text, with its values."""
    if not lookup.unwanted:
        return stands(lookup.expression)
    condition, queries = IN_WHOLE, [matched(lookup)]
    if not has_phrase(lookup.expression):
        return condition, queries
    narrowed, more = stands(lookup.expression)
    return f"{narrowed} AND {condition}", [*more, *queries]


def stands(expression: Expression) -> tuple[str, list[str]]:
    """The condition for an expression in the whole text, with its values.

    Where words stand next to each other is read in the texts of all pages that have them. The index of pairs says it of two
    without, and of more it says which pages to read.
    """
    match expression:
        case Phrase(tokens):
            pairs = " & ".join(quoted(token) for pair in sorted(pairs_of(tokens)) for token in pair_tokens(pair))
            if len(tokens) == 2:
                return IN_PAIRS, [pairs]
            return f"({IN_PAIRS} AND {IN_WHOLE})", [pairs, compiled(expression)]
        case All(parts) if has_phrase(expression):
            return _joined(parts, " AND ", " & ")
        case Any(choices) if has_phrase(expression):
            return _joined([choice for _weight, choice in choices], " OR ", " | ")
    return IN_WHOLE, [compiled(expression)]


def _joined(parts: Sequence[Expression], conjunction: str, sign: str) -> tuple[str, list[str]]:
    """One condition for the parts without a phrase, and one for each that has one."""
    plain = [compiled(part) for part in parts if not has_phrase(part)]
    conditions, queries = ([IN_WHOLE], [sign.join(plain)]) if plain else ([], [])
    for part in parts:
        if has_phrase(part):
            condition, own = stands(part)
            conditions.append(condition)
            queries += own
    return f"({conjunction.join(conditions)})", queries


class Postgres:
    def __init__(self):
        self.tables = Tables()

    def top(self, lookup: Lookup, limit: int, offset: int = 0) -> list[Found]:
        if lookup.newest_first:
            return self._newest(lookup, limit, offset)
        tiers = [matches(lookup)]
        if lookup.pages > MANY:
            tiers.insert(0, (IN_HEAD, [matched(lookup)]))
        if lookup.is_first_for_titles:
            tiers.insert(0, (IN_HEAD, [matched(lookup, TITLE)]))
        found: list[Found] = []
        for condition, values in tiers:
            found = self._best(lookup, condition, values, limit, offset)
            if len(found) == limit:
                break
        return found

    def _newest(self, lookup: Lookup, limit: int, offset: int) -> list[Found]:
        """Of many hits by a walk from the newest page, which ends soon; few are looked for by their words, and sorted."""
        (condition, queries), (where, values) = matches(lookup), self._where(lookup)
        is_walk = lookup.pages > MANY and not has_phrase(lookup.expression)
        place = "d.docid" if is_walk else "d.docid + 0"
        inner = (
            f"SELECT d.*, {place} AS place FROM {self.tables.document} d WHERE {condition} AND {where}"
            " ORDER BY place DESC LIMIT %s OFFSET %s"
        )
        return self._found(inner, [*queries, *values, limit, offset])

    def _best(self, lookup: Lookup, condition: str, queries: list[str], limit: int, offset: int) -> list[Found]:
        """Of the hits that meet a condition the best by title and lead, then the newest, in the order of their whole text.

        Ranking by the whole text reads it; what it costs must not grow with the hits.
        """
        where, values = self._where(lookup)
        head, head_values = self._rank(lookup, body=False)
        whole, whole_values = self._rank(lookup, body=True)
        most = max(RANKED_PHRASES if demands_phrase(lookup.expression) else RANKED_WHOLE, limit + offset)
        source = (
            f"SELECT d.*, {head} AS head FROM {self.tables.document} d WHERE {condition} AND {where}"
            f" ORDER BY head DESC, d.docid DESC LIMIT {most}"
        )
        inner = f"SELECT d.*, {whole} AS place FROM ({source}) d ORDER BY place DESC, d.docid DESC LIMIT %s OFFSET %s"
        return self._found(inner, [*whole_values, *head_values, *queries, *values, limit, offset])

    def _found(self, inner: str, values: Sequence, *, titles_only: bool = False) -> list[Found]:
        read = Columns(titles_only=titles_only)
        rows = self._rows(
            f"SELECT f.page_id, f.kind, f.published_at, {read.names} FROM ({inner}) f"
            f" JOIN {self.tables.text} t ON t.page_id = f.page_id{read.joined} ORDER BY f.place DESC, f.docid DESC",
            [*values, *read.values],
        )
        return [read.found(*row) for row in rows]

    def _rank(self, lookup: Lookup, body: bool) -> tuple[str, list]:
        """The sum over what is wanted of its rank times its weight; ts_rank itself knows nothing of rare and common words."""
        terms, values = [], []
        for group in lookup.groups:
            query = compiled(group.expression)
            rank, own = f"ts_rank('{HEAD_WEIGHTS}', d.h, %s::tsquery, 1)", [query]
            if body:
                rank += f" + {BODY_FACTOR} * ts_rank('{BODY_WEIGHTS}', d.v, %s::tsquery, 8)"
                own.append(query)
            terms.append(f"%s * ({rank})")
            values += [group.weight, *own]
        return " + ".join(terms) or "0", values

    def tally(self, lookup: Lookup) -> list[Tally]:
        (condition, queries), (where, values) = matches(lookup), self._where(lookup)
        rows = self._rows(
            "SELECT kind, year, facets, count(*) FROM (SELECT d.kind, d.year, d.facets"
            f" FROM {self.tables.document} d WHERE {condition} AND {where} LIMIT %s) d GROUP BY 1, 2, 3",
            [*queries, *values, MOST_COUNTED + 1],
        )
        return [Tally(*row) for row in rows]

    def titles(self, lookup: Lookup, limit: int) -> list[Found]:
        where, values = self._where(lookup)
        place, ranked = "d.docid", []
        if not lookup.newest_first:
            place, ranked = "ts_rank('{0, 0, 0, 1}', d.h, %s::tsquery, 1)", [matched(lookup)]
        return self._found(
            f"SELECT d.*, {place} AS place FROM {self.tables.document} d"
            f" WHERE {IN_HEAD} AND {where} ORDER BY place DESC, d.docid DESC LIMIT %s",
            [*ranked, matched(lookup, TITLE), *values, limit],
            titles_only=True,
        )

    def _where(self, lookup: Lookup) -> tuple[str, list]:
        conditions, values = [IN_LANGUAGE, VISIBLE], [lookup.language]
        for name, chosen in lookup.filters.items():
            if name in ("kind", "year"):
                conditions.append(f"d.{name} = ANY(%s)")
                values.append([int(value) for value in chosen] if name == "year" else list(chosen))
            else:
                conditions.append("d.facets LIKE ANY(%s)")
                values.append([f"% {name}:{value} %".replace("_", r"\_") for value in chosen])
        if lookup.without:
            conditions.append("d.page_id <> ALL(%s)")
            values.append(list(lookup.without))
        return " AND ".join(conditions), values

    def _rows(self, sql: str, values: Sequence) -> list[tuple]:
        """Together with the settings for it this is one turn to the server, and a transaction."""
        with connection.cursor() as cursor:
            cursor.execute(f"{SETTINGS}; {sql}", values)
            cursor.nextset()
            return cursor.fetchall()
