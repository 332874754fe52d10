"""SQLite's FTS5 over our tokens: a table for each language, hits by key are hits by date."""

from collections.abc import Sequence

from search.analysis import pair_token, pairs_of
from search.documents import PAGE, Document
from search.engines import MANY, MOST_COUNTED, MOST_PHRASES, MOST_RANKED, Columns, Found, Lookup, Tally
from search.expressions import All, Any, Expression, Phrase, Token, demands_phrase
from search.tables import Tables, rows_of

NOW = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"
HEAD = ("title", "title_parts", "lead")
WRITTEN = ("title", "lead", "body")  # what phrases stand in: all but the parts of words


def compiled(expression: Expression, columns: Sequence[str] = (), with_pairs: bool = False) -> str:
    """An FTS5 query by all columns or some. Tokens stand in quotation marks always; none contains one. Of phrases the pairs
    come first, so that few pages are looked into."""
    match expression:
        case Token(text):
            return f'{_in(columns)}"{text}"'
        case Phrase(tokens):
            places = [column for column in WRITTEN if not columns or column in columns]
            phrase = f'{_in(places)}"{" ".join(tokens)}"'
            pairs = [f'{{marks}} : "{pair_token(pair)}"' for pair in sorted(pairs_of(tokens))]
            return f"({' AND '.join([*pairs, phrase])})" if with_pairs else phrase
        case All(parts):
            return f"({' AND '.join(compiled(part, columns, with_pairs) for part in parts)})"
        case Any(choices):
            return f"({' OR '.join(compiled(choice, columns, with_pairs) for _weight, choice in choices)})"


def _in(columns: Sequence[str]) -> str:
    return f"{{{' '.join(columns)}}} : " if columns else ""


def matched(lookup: Lookup, columns: Sequence[str] = ()) -> str:
    """The FTS5 query for a lookup, by all columns or some."""
    text = f"({compiled(lookup.expression, columns, lookup.pages > MANY)})"
    for name, values in lookup.filters.items():
        text += f" AND ({' OR '.join(_mark(name, value) for value in values)})"
    if lookup.unwanted:
        text = f"({text}) NOT ({' OR '.join(map(compiled, lookup.unwanted))})"
    return text


def _mark(name: str, value: str) -> str:
    return f'{{marks}} : "{name}:{value}"'


class SQLite:
    def __init__(self):
        self.tables = Tables()

    def top(self, lookup: Lookup, limit: int, offset: int = 0) -> list[Found]:
        if lookup.newest_first or lookup.pages <= MANY:
            return self._found(lookup, (), limit, offset)
        tiers: list[Sequence[str]] = [["title"], HEAD, ()] if lookup.is_first_for_titles else [HEAD, ()]
        most = MOST_RANKED
        if demands_phrase(lookup.expression):  # which stands in few pages, while each of its words stands in many
            tiers, most = [()], MOST_PHRASES
        found: list[Found] = []
        for columns in tiers:
            found = self._found(lookup, columns, limit, offset, max(most, limit + offset))
            if len(found) == limit:
                break
        return found

    def _found(self, lookup, columns, limit, offset, candidates=None, titles_only=False) -> list[Found]:
        table = self.tables.tokens[lookup.language]
        ranked, order = ("-rowid", "rowid DESC") if lookup.newest_first else ("rank", "rank")
        inner = f"SELECT rowid AS docid, {ranked} AS place FROM {table} WHERE {table} MATCH %s AND {self._visible()}"
        values: list = [matched(lookup, columns)]
        if lookup.without:
            known = ", ".join(["%s"] * len(lookup.without))
            inner += f" AND rowid NOT IN (SELECT docid FROM {self.tables.document} WHERE page_id IN ({known}))"
            values += lookup.without
        if candidates:
            inner = f"SELECT docid, place FROM ({inner} ORDER BY rowid DESC LIMIT {candidates}) ORDER BY place"
        else:
            inner += f" ORDER BY {order}"
        read = Columns(titles_only=titles_only)
        rows = rows_of(
            f"SELECT f.docid, k.kind, {read.names} FROM ({inner} LIMIT %s OFFSET %s) f"
            f" JOIN {self.tables.tallied} d ON d.docid = f.docid JOIN {self.tables.tally} k ON k.id = d.tally"
            f" JOIN {self.tables.text} t ON t.page_id = f.docid & {PAGE}{read.joined} ORDER BY f.place, f.docid DESC",
            [*values, limit, offset, *read.values],
        )
        found = []
        for docid, kind, *rest in rows:
            page_id, published_at = Document.told_by(docid)
            found.append(read.found(page_id, kind, published_at, *rest))
        return found

    def tally(self, lookup: Lookup) -> list[Tally]:
        table = self.tables.tokens[lookup.language]
        hits = f"SELECT rowid AS docid FROM {table} WHERE {table} MATCH %s AND {self._visible()} LIMIT %s"
        rows = rows_of(
            f"SELECT t.kind, t.year, t.facets, c.hits FROM (SELECT d.tally, count(*) AS hits FROM ({hits}) f"
            f" JOIN {self.tables.tallied} d ON d.docid = f.docid GROUP BY 1) c JOIN {self.tables.tally} t ON t.id = c.tally",
            [matched(lookup), MOST_COUNTED + 1],
        )
        return [Tally(*row) for row in rows]

    def titles(self, lookup: Lookup, limit: int) -> list[Found]:
        return self._found(lookup, ["title"], limit, 0, titles_only=True)

    def _visible(self) -> str:
        """Without what the clock has taken down since it was indexed."""
        return f"rowid NOT IN (SELECT docid FROM {self.tables.document} WHERE visible_until <= {NOW})"
