"""Content from JSON: every row is looked at before the first one is stored; then short transactions, resumable by `id`."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from wagtail.blocks import StreamValue
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, PageViewRestriction

from core.models import BasePage, Stewardship
from editorial.force import force_publish
from home.models import ImportedPage
from home.rows import ALIASES, MODELS, TERMS, Builder, RowError, Sources, fill, known_keys, moment, relate

TYPES = ("method", "news", "book_tip", "blog_post")
STATUSES = ("live", "draft", "unpublished", "restricted")
REQUIRED = ("id", "type", "title")


def read_rows(text: str) -> list[dict]:
    """Rows from a JSON list or from one object a line. Raises ValueError with the line that is no JSON."""
    text = text.strip()
    if text.startswith("["):
        try:
            rows = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"line {error.lineno}: this is not JSON ({error.msg})") from error
    else:
        rows = []
        for number, line in enumerate(text.splitlines(), 1):
            try:
                rows += [json.loads(line)] if line.strip() else []
            except json.JSONDecodeError as error:
                raise ValueError(f"line {number}: this is not JSON ({error.msg})") from error
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("every row must be an object")
    return rows


def model_of(row: dict) -> type[BasePage]:
    kind = row["type"]
    return MODELS[ALIASES.get(kind, kind)]


def find_errors(rows: list[dict]) -> list[RowError]:
    """Everything that is wrong, by row number (from 1) and field. Nothing is stored."""
    errors: list[RowError] = []
    known_ids = {row.get("id") for row in rows} | set(ImportedPage.objects.values_list("source_id", flat=True))
    locales = set(Locale.objects.values_list("language_code", flat=True))
    parents = {(type_, code): parent_for(type_, code) for type_ in TYPES for code in locales}
    seen: set = set()
    for number, row in enumerate(rows, 1):

        def wrong(name, problem, number=number):
            errors.append(RowError(number, name, problem))

        for name in REQUIRED:
            if not row.get(name) or not isinstance(row[name], str):
                wrong(name, "is required")
        kind = ALIASES.get(row.get("type"), row.get("type"))
        if kind not in TYPES:
            wrong("type", f"{row.get('type')!r} is not one of {', '.join(TYPES)}")
            continue
        if row.get("id") in seen:
            wrong("id", f"{row['id']!r} stands on an earlier row too")
        seen.add(row.get("id"))
        for name in sorted(set(row) - known_keys(MODELS[kind])):
            wrong(name, "is not a field of this type")
        language = row.get("locale", "sv")
        if language not in locales:
            wrong("locale", f"{language!r} is not a language of this site")
        elif parents[(kind, language)] is None:
            wrong("type", f"there is no list for {kind} in {language}; create it first")
        if row.get("status", "live") not in STATUSES:
            wrong("status", f"{row['status']!r} is not one of {', '.join(STATUSES)}")
        if row.get("translation_of") and row["translation_of"] not in known_ids:
            wrong("translation_of", f"no row and no earlier import has the id {row['translation_of']!r}")
        for name, model in TERMS.items():
            codes = row.get(name) or []
            for code in set(codes) - set(model.objects.values_list("code", flat=True)):
                wrong(name, f"{code!r} is not a known code")
        if not errors or errors[-1].args[0].split(",")[0] != f"row {number}":
            errors += trial(number, row)
    return errors


def trial(number: int, row: dict) -> list[RowError]:
    """Fills a page that is never stored and asks it what is wrong."""
    model = model_of(row)
    page = model(title=row["title"], slug=slug_of(row), locale=Locale.objects.get_for_language(row.get("locale", "sv")))
    try:
        moment(row.get("date"))
    except ValueError as error:
        return [RowError(number, "date", str(error))]
    try:
        with transaction.atomic():
            fill(page, {"intro": row["title"], **row}, Builder(Sources()))
            transaction.set_rollback(True)  # terms and people are created when the row is stored, not now
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return [RowError(number, "body" if "block" in str(error) else "row", str(error))]
    page.is_draft_save = True
    try:
        page.clean_fields(exclude=["path", "depth", "url_path", "content_type", "teaser", "category", "theme_category"])
        page.clean()
    except ValidationError as error:
        return [RowError(number, name, "; ".join(texts)) for name, texts in error.message_dict.items()]
    return []


def slug_of(row: dict) -> str:
    return row.get("slug") or re.sub(r"-{2,}", "-", slugify(row["title"]))[:200].strip("-") or slugify(row["id"])


def parent_for(kind: str, language: str) -> Page | None:
    """The index page under which a kind is kept in a language."""
    parent_models = MODELS[kind].allowed_parent_page_models()
    for model in parent_models:
        found = model.objects.filter(locale__language_code=language, alias_of__isnull=True).first()
        if found:
            return found
    return None


@dataclass
class Report:
    """What an import did, and what it could not keep."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    losses: list[str] = field(default_factory=list)
    broken_rules: list[str] = field(default_factory=list)
    drafts_by_status: int = 0


class Importer:
    def __init__(self, responsible, publish: bool, reason: str, progress: Callable[[int, int], None] = lambda *_: None):
        self.responsible, self.publish, self.reason, self.progress = responsible, publish, reason, progress
        self.report = Report()
        self.pages = dict(ImportedPage.objects.values_list("source_id", "page_id"))
        self.sources = Sources(page=self.pages.get)
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.to_publish: list[Page] = []

    def run(self, rows: Iterable[dict]) -> Report:
        rows = sorted(rows, key=lambda row: bool(row.get("translation_of")))  # sources before their translations
        for number, row in enumerate(rows, 1):
            self.store(row)
            self.progress(number, len(rows))
        if self.to_publish:
            with transaction.atomic():
                force_publish(self.to_publish, self.responsible, self.reason, by_operator=True)
                self.set_states(rows)
        return self.report

    @transaction.atomic
    def store(self, row: dict) -> None:
        checksum = hashlib.sha256(json.dumps([row, self.publish], sort_keys=True).encode()).hexdigest()
        imported = ImportedPage.objects.select_related("page").filter(source_id=row["id"]).first()
        if imported and imported.checksum == checksum:
            self.report.unchanged += 1
            return
        builder = Builder(self.sources)
        page = imported.page.specific if imported else self.new_page(row)
        complete = {"intro": row.get("intro") or row["title"], **{name: value for name, value in row.items() if name != "intro"}}
        fill(page, {**complete, "slug": page.slug}, builder)
        page.first_published_at = moment(row.get("date")) or page.first_published_at
        if imported is None:
            parent = parent_for(ALIASES.get(row["type"], row["type"]), row.get("locale", "sv"))
            page.live = False
            parent.add_child(instance=page)
            Stewardship.objects.filter(page_id=page.pk).update(responsible=self.responsible)
            self.report.created += 1
        else:
            self.report.updated += 1
        relate(page, row, builder)
        page.save_revision(user=self.responsible, clean=False)
        imported, _new = ImportedPage.objects.update_or_create(
            source_id=row["id"], defaults={"page_id": page.pk, "checksum": checksum}
        )
        self.pages[row["id"]] = page.pk
        self.note(row, page, builder)
        for address in row.get("old_urls") or []:
            Redirect.objects.get_or_create(old_path=Redirect.normalise_path(address), site=None, defaults={"redirect_page_id": page.pk})
        if self.publish and row.get("status", "live") != "draft":
            self.to_publish.append(page)
        else:
            self.report.drafts_by_status += row.get("status", "live") != "draft"

    def new_page(self, row: dict):
        model = model_of(row)
        locale = self.locales[row.get("locale", "sv")]
        page = model(title=row["title"], locale=locale, owner=self.responsible)
        parent = parent_for(ALIASES.get(row["type"], row["type"]), row.get("locale", "sv"))
        page.slug = page._get_autogenerated_slug(slug_of(row)) if parent is None else free_slug(parent, slug_of(row))
        if row.get("translation_of"):
            page.translation_key = Page.objects.values_list("translation_key", flat=True).get(pk=self.pages[row["translation_of"]])
        return page

    def note(self, row: dict, page, builder: Builder) -> None:
        """Keeps what cleaning lost and which rules for publication the page breaks."""
        self.report.losses += [f"{row['id']}: {loss}" for loss in builder.losses]
        missing = page.missing_for_publication()
        self.report.broken_rules += [f"{row['id']}, {name}: {text}" for name, text in missing.items()]
        if isinstance(page.body, StreamValue):
            try:
                page.body.stream_block.clean(page.body)
            except ValidationError:
                self.report.broken_rules.append(f"{row['id']}, body: a block lacks something that publication demands")

    def set_states(self, rows: list[dict]) -> None:
        """Takes down what the source had taken down, and closes what it had behind a login."""
        for row in rows:
            page = Page.objects.filter(pk=self.pages[row["id"]]).first()
            if row.get("status") == "unpublished" and page and page.live:
                page.specific.unpublish(user=self.responsible)
            if row.get("status") == "restricted" and page:
                PageViewRestriction.objects.get_or_create(page_id=page.pk, defaults={"restriction_type": PageViewRestriction.LOGIN})


def free_slug(parent, slug: str) -> str:
    """`slug`, or with a number behind it where the parent has a page of that name."""
    taken = set(parent.get_children().filter(slug__startswith=slug).values_list("slug", flat=True))
    number, candidate = 1, slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
