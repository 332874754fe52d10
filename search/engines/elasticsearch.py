"""Elasticsearch over our tokens: whitespace between them, no analysis of its own, an alias for each language.

Nothing here retries or hides an error; `search.engines.resilient` does for visitors, `search.following` for the index.
"""

import time
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache

from django.conf import settings
from django.utils.dateparse import parse_datetime
from elasticsearch import Elasticsearch as Client
from elasticsearch import NotFoundError

from search.documents import Entry
from search.engines import MOST_COUNTED, SHOWN, Found, Lookup, Tally
from search.expressions import All, Any, Expression, Phrase, Token
from search.tables import COLUMNS, LANGUAGES, TEXTS

WEIGHTS = {"title": 10.0, "title_parts": 4.0, "lead": 4.0, "body": 1.0, "parts": 0.6}
PHRASE_COLUMNS = ("title", "lead", "body")
PATIENCE = 0.6  # seconds that a visitor's question may take
PATIENCE_OF_SEVERAL = 0.3  # where another node can be asked
# Between our versions of a document: what somebody else writes is one above the last, and below our next.
STRIDE = 1_000_000
WRITING = 30.0  # seconds for a bulk of documents
PAGE = 5_000  # documents that are compared in one request
COMBINATIONS = 60_000  # of kind, year and facets that are counted
MAPPING = {
    "dynamic": False,
    "_source": {"excludes": list(COLUMNS)},
    "properties": {
        **{column: {"type": "text", "analyzer": "whitespace"} for column in COLUMNS},
        "marks": {"type": "keyword"},
        "profile": {"type": "keyword"},
        "page_id": {"type": "long"},
        "docid": {"type": "long"},
        "visible_until": {"type": "date"},
        "checksum": {"type": "keyword"},
        "change": {"type": "long"},
    },
}
INDEX = {"number_of_shards": 1, "auto_expand_replicas": "0-1", "max_terms_count": 70_000, "max_result_window": 20_000}


class Untrustworthy(Exception):
    """The engine has answered with a part of the truth."""


def client(patience: float | None = None) -> Client:
    """The client for the nodes of SEARCH_URL that waits for an answer so many seconds: as a visitor, unless it is said."""
    engine = settings.SEARCH_ENGINE
    return _client(tuple(engine["hosts"]), engine["auth"], engine["ca"], patience)


@cache
def _client(hosts: tuple[str, ...], auth: tuple[str, str] | None, ca: str | None, patience: float | None) -> Client:
    several = len(hosts) > 1
    return Client(
        list(hosts),
        headers={"Authorization": f"Basic {b64encode(':'.join(auth).encode()).decode()}"} if auth else None,
        request_timeout=patience or (PATIENCE_OF_SEVERAL if several else PATIENCE),
        max_retries=1 if several else 0,
        retry_on_timeout=several,
        **({"ca_certs": ca} if ca else {}),
    )


def alias(language: str) -> str:
    return f"{settings.SEARCH_ENGINE['prefix']}-{language}"


def compiled(expression: Expression, columns: tuple[str, ...] = COLUMNS) -> dict:
    match expression:
        case Token(text):
            return _should([{"term": {name: {"value": text, "boost": WEIGHTS[name]}}} for name in columns])
        case Phrase(tokens):
            text, named = " ".join(tokens), [name for name in PHRASE_COLUMNS if name in columns]
            return _should([{"match_phrase": {name: {"query": text, "boost": WEIGHTS[name]}}} for name in named])
        case All(parts):
            return {"bool": {"must": [compiled(part, columns) for part in parts]}}
        case Any(choices):
            return _should([{"bool": {"must": compiled(choice, columns), "boost": w}} for w, choice in choices])


def _should(clauses: list[dict]) -> dict:
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


class Elasticsearch:
    def top(self, lookup: Lookup, limit: int, offset: int = 0) -> list[Found]:
        return self._found(lookup, COLUMNS, limit, offset)

    def titles(self, lookup: Lookup, limit: int) -> list[Found]:
        return self._found(lookup, ("title",), limit)

    def tally(self, lookup: Lookup) -> list[Tally]:
        profiles = {"terms": {"field": "profile", "size": COMBINATIONS}}
        answer = self._ask(lookup, COLUMNS, size=0, aggs={"profiles": profiles}, track_total_hits=MOST_COUNTED + 1)
        found = []
        for bucket in answer["aggregations"]["profiles"]["buckets"]:
            kind, year, facets = bucket["key"].split("|")
            found.append(Tally(kind, int(year) if year else None, facets, bucket["doc_count"]))
        return found

    def _found(self, lookup: Lookup, columns, limit: int, offset: int = 0) -> list[Found]:
        order = {"sort": [{"docid": "desc"}]} if lookup.newest_first else {}
        answer = self._ask(lookup, columns, size=limit, from_=offset, **order)
        return [_read(hit["_source"]) for hit in answer["hits"]["hits"]]

    def _ask(self, lookup: Lookup, columns, **body) -> dict:
        narrowed = [
            {"terms": {"marks": [f"{name}:{value}" for value in values]}} for name, values in lookup.filters.items()
        ]
        unwanted = [compiled(each) for each in lookup.unwanted]
        unwanted += [{"range": {"visible_until": {"lte": "now"}}}]
        unwanted += [{"terms": {"page_id": list(lookup.without)}}] if lookup.without else []
        query = {"bool": {"must": compiled(lookup.expression, columns), "filter": narrowed, "must_not": unwanted}}
        answer = client().search(index=alias(lookup.language), query=query, **body)
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise Untrustworthy
        return answer


def _read(source: dict) -> Found:
    published = parse_datetime(source["published_at"]) if source["published_at"] else None
    texts = [source["shown"][name] for name in SHOWN]
    return Found(int(source["page_id"]), source["kind"], published, *texts)


# Writing


def operations(entries: Iterable[Entry], change: int, index: str | None = None) -> Iterator[dict]:
    """The bulk operations that write documents, into the index in use or another. `change` orders what is written."""
    for entry in entries:
        document = entry.document
        target = {"_index": index or alias(document.language), "_id": str(document.page_id)}
        yield {"index": {**target, "version": change * STRIDE, "version_type": "external_gte"}}
        yield {
            **{column: " ".join(getattr(entry, column)) for column in COLUMNS},
            "marks": document.marks,
            "profile": f"{document.kind}|{document.year or ''}| {' '.join(document.facets)} ",
            "page_id": document.page_id,
            "docid": document.docid,
            "kind": document.kind,
            "published_at": document.published_at and document.published_at.isoformat(),
            "visible_until": document.visible_until and document.visible_until.isoformat(),
            "checksum": document.checksum,
            "change": change,
            "shown": {**{name: getattr(document, name) for name in TEXTS}, "readings": entry.readings},
        }


def removals(page_ids: Iterable[int], change: int) -> Iterator[dict]:
    """The bulk operations that take pages away, in whichever language they are."""
    for page_id in page_ids:
        for language in LANGUAGES:
            target = {"_index": alias(language), "_id": str(page_id)}
            yield {"delete": {**target, "version": change * STRIDE, "version_type": "external_gte"}}


def create_index(language: str) -> str:
    """A new, empty index for a language, that nobody searches yet. Returns its name."""
    name = f"{alias(language)}-{time.time_ns()}"
    client(WRITING).indices.create(index=name, mappings=MAPPING, settings=INDEX)
    return name


def put_in_place(index: str, language: str) -> None:
    """From here on the language is searched in this index; those before it are removed. One step: nobody sees none."""
    indices, name = client(WRITING).indices, alias(language)
    try:
        before = [old for old in indices.get_alias(name=name) if old != index]
    except NotFoundError:
        before = []
    if not before and indices.exists(index=name):
        indices.delete(index=name)  # something else has made an index of that name
    actions = [{"add": {"index": index, "alias": name}}, *({"remove_index": {"index": old}} for old in before)]
    indices.update_aliases(actions=actions)


def indexes_of(language: str) -> list[str]:
    """All indexes that have been made for a language, in use or not."""
    return list(client(WRITING).indices.get(index=f"{alias(language)}-*", allow_no_indices=True))


def is_in_place(language: str) -> bool:
    return bool(client(WRITING).indices.exists_alias(name=alias(language)))


def contents(index: str) -> Iterator[tuple[str, str, bool]]:
    """`(key, checksum, whether it is as we have written it)` of every document in an index.

    What somebody else writes, with or without our fields, gets another version than the one that we gave it.
    """
    after: list = []
    client(WRITING).indices.refresh(index=index)
    while True:
        answer = client(WRITING).search(
            index=index,
            size=PAGE,
            sort=[{"docid": {"order": "asc", "missing": "_first", "unmapped_type": "long"}}, {"page_id": "asc"}],
            source=["checksum", "change"],
            version=True,
            **({"search_after": after} if after else {}),
        )
        hits = answer["hits"]["hits"]
        for hit in hits:
            source = hit.get("_source") or {}
            yield hit["_id"], str(source.get("checksum", "")), hit["_version"] == source.get("change", 0) * STRIDE
        if len(hits) < PAGE:
            return
        after = hits[-1]["sort"]
