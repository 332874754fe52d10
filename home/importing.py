"""Content from JSON: every row is looked at before the first one is stored; then short transactions, resumable by `id`."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail.signal_handlers import disable_reference_index_auto_update

from articles.terms import Series
from core.models import BasePage, CustomDocument, CustomImage, Person, Stewardship
from editorial.force import force_publish, open_review, tell_about_force
from home.models import ImportedPage
from home.rows import (
    ALIASES,
    MODELS,
    TERMS,
    Builder,
    FieldProblem,
    RowError,
    Sources,
    fill,
    known_keys,
    moment,
    reading,
    relate,
)

TYPES = ("method", "news", "book_tip", "blog_post")
STATUSES = ("live", "draft", "unpublished", "restricted")
REQUIRED = ("id", "type", "title")
PART = 25  # rows in a transaction: short, so that others can write in between


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
    known = Known.of(rows)
    errors: list[RowError] = []
    for number, row in enumerate(rows, 1):
        wrong = known.problems_of(row) or trial(row)
        errors += [RowError(number, name, problem) for name, problem in wrong]
    return errors


@dataclass
class Known:
    """What rows may refer to, looked up once for all of them."""

    ids: set
    codes: dict[str, set[str]]
    users: set[str]
    series: set[str]
    parents: dict[tuple[str, str], Page | None]
    seen: set = field(default_factory=set)

    @classmethod
    def of(cls, rows: list[dict]) -> "Known":
        languages = Locale.objects.values_list("language_code", flat=True)
        return cls(
            ids={str(row.get("id")) for row in rows} | set(ImportedPage.objects.values_list("source_id", flat=True)),
            codes={name: set(model.objects.values_list("code", flat=True)) for name, model in TERMS.items()},
            users=set(get_user_model().objects.filter(is_active=True).values_list("username", flat=True)),
            series=set(Series.objects.values_list("code", flat=True)),
            parents={(kind, language): parent_for(kind, language) for kind in TYPES for language in languages},
        )

    def problems_of(self, row: dict) -> list[tuple[str, str]]:
        """`(field, problem)` for what can be told without building the page."""
        problems = [
            (name, "is required, as text")
            for name in REQUIRED
            if not (isinstance(row.get(name), str) and row[name].strip())
        ]
        if problems:
            return problems
        kind = ALIASES.get(row["type"], row["type"])
        if kind not in TYPES:
            return [("type", f"{row['type']!r} is not one of {', '.join(TYPES)}")]
        problems += [(name, "is not a field of this type") for name in sorted(set(row) - known_keys(MODELS[kind]))]
        if row["id"] in self.seen:
            problems.append(("id", f"{row['id']!r} stands on an earlier row too"))
        self.seen.add(row["id"])
        language = row.get("locale", "sv")
        if (kind, language) not in self.parents:
            problems.append(("locale", f"{language!r} is not a language of this site"))
        elif self.parents[kind, language] is None:
            problems.append(("type", f"there is no list for {kind} in {language}; create it first"))
        if row.get("status", "live") not in STATUSES:
            problems.append(("status", f"{row['status']!r} is not one of {', '.join(STATUSES)}"))
        if row.get("translation_of") and row["translation_of"] not in self.ids:
            problems.append(("translation_of", f"no row and no earlier import has the id {row['translation_of']!r}"))
        return problems + self.unknown_names(row)

    def unknown_names(self, row: dict) -> list[tuple[str, str]]:
        """Codes and user names that nobody has."""
        problems = []
        for name, codes in self.codes.items():
            given = row.get(name) or []
            if not isinstance(given, list):
                problems.append((name, "must be a list of codes"))
                continue
            problems += [(name, f"{code!r} is not a known code") for code in given if code not in codes]
        if row.get("responsible") and row["responsible"] not in self.users:
            problems.append(("responsible", f"there is no active user {row['responsible']!r}"))
        if row.get("series") and row["series"] not in self.series:
            problems.append(("series", f"{row['series']!r} is not a known series"))
        for name in ("author", "category"):
            if not isinstance(row.get(name) or "", str):
                problems.append((name, "must be text"))
        for name in ("old_urls", "tags", "related", "related_links", "bylines", "authors"):
            if not isinstance(row.get(name) or [], list):
                problems.append((name, "must be a list"))
        return problems


# Chosen from what is there, or created, when the row is stored.
NOT_TRIED = ("path", "depth", "url_path", "content_type", "category", "theme_category")


def trial(row: dict) -> list[tuple[str, str]]:
    """Fills a page that is never stored and asks it what is wrong: `(field, problem)`."""
    page = model_of(row)(
        title=row["title"], slug=slug_of(row), locale=Locale.objects.get_for_language(row.get("locale", "sv"))
    )
    page.is_draft_save = True
    try:
        with transaction.atomic():
            try:
                for name in ("date", "pinned_until", "reviewed_on"):
                    with reading(name):
                        moment(row.get(name))
                with reading("review_interval"):
                    int(row.get("review_interval") or 0)
                fill(page, complete(row), Builder(Sources()))
                page.clean_fields(exclude=NOT_TRIED)
                page.clean()
            finally:
                transaction.set_rollback(True)  # terms and people are created when the row is stored, not now
    except FieldProblem as problem:
        return [(problem.name, str(problem))]
    except ValidationError as error:
        return [(name, "; ".join(texts)) for name, texts in error.message_dict.items()]
    return []


def complete(row: dict) -> dict:
    """The row with an intro: its own, or its title."""
    return {**row, "intro": row.get("intro") or row["title"]}


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
    """Stores rows in parts of `PART`: first every page in its place, so that rows may refer to each other, then the texts."""

    def __init__(self, responsible, publish: bool, reason: str, progress: Callable[[int, int], None] = lambda *_: None):
        self.responsible, self.publish, self.reason, self.progress = responsible, publish, reason, progress
        self.report = Report()
        self.pages = dict(ImportedPage.objects.values_list("source_id", "page_id"))
        self.checksums = dict(ImportedPage.objects.values_list("source_id", "checksum"))
        self.sources = Sources(
            page=self.pages.get,
            images=dict(CustomImage.objects.order_by("-pk").values_list("title", "pk")),
            documents=dict(CustomDocument.objects.order_by("-pk").values_list("title", "pk")),
            people=dict(Person.objects.values_list("slug", "pk")),
        )
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.users = {user.username: user for user in get_user_model().objects.filter(is_active=True)}
        self.review = None
        self.published: list[Page] = []

    def run(self, rows: Iterable[dict]) -> Report:
        """Imports the rows that are new or have changed. Stopped halfway, it goes on where it was when run again."""
        rows = sorted(rows, key=lambda row: bool(row.get("translation_of")))  # sources before their translations
        todo = [row for row in rows if self.checksums.get(row["id"]) != self.checksum(row)]
        self.report.unchanged = len(rows) - len(todo)
        new = [row for row in todo if row["id"] not in self.pages]
        self.report.created, self.report.updated = len(new), len(todo) - len(new)
        for part in parts(new):
            # Whatever is placed is stored once more with its text.
            with disable_reference_index_auto_update(), transaction.atomic():
                for row in part:
                    self.place(row)
        done = 0
        for part in parts(todo):
            with transaction.atomic():
                self.finish(part)
            done += len(part)
            self.progress(done, len(todo))
        if self.published:
            tell_about_force(self.review, self.published)
        return self.report

    def checksum(self, row: dict) -> str:
        return hashlib.sha256(json.dumps([row, self.publish], sort_keys=True).encode()).hexdigest()

    def place(self, row: dict) -> None:
        """Adds the row's page as a draft without text."""
        kind = ALIASES.get(row["type"], row["type"])
        parent = parent_for(kind, row.get("locale", "sv"))
        page = model_of(row)(
            title=row["title"],
            slug=free_slug(parent, slug_of(row)),
            intro=complete(row)["intro"],
            locale=self.locales[row.get("locale", "sv")],
            owner=self.responsible,
            live=False,
        )
        if row.get("translation_of"):
            page.translation_key = Page.objects.values_list("translation_key", flat=True).get(
                pk=self.pages[row["translation_of"]]
            )
        parent.add_child(instance=page)
        ImportedPage.objects.create(source_id=row["id"], page_id=page.pk, checksum="")
        self.pages[row["id"]] = page.pk

    def finish(self, part: list[dict]) -> None:
        """Stores the texts of some rows, publishes what is to be public, and only then calls the rows done."""
        to_publish = []
        for row in part:
            page = self.store(row)
            if self.publish and row.get("status", "live") != "draft":
                to_publish.append((row, page))
            else:
                self.report.drafts_by_status += row.get("status", "live") != "draft"
        if to_publish:
            pages = [page for _row, page in to_publish]
            self.review = self.review or open_review(self.responsible, self.reason)
            force_publish(pages, self.responsible, self.reason, by_operator=True, review=self.review)
            self.published += pages
            for row, page in to_publish:
                self.set_state(row, page)
        for row in part:
            ImportedPage.objects.filter(source_id=row["id"]).update(checksum=self.checksum(row))

    def store(self, row: dict) -> Page:
        page = Page.objects.get(pk=self.pages[row["id"]]).specific
        builder = Builder(self.sources)
        page.title = row["title"]
        fill(page, {**complete(row), "slug": page.slug}, builder)
        page.first_published_at = moment(row.get("date")) or page.first_published_at
        relate(page, row, builder)
        page.save_revision(user=self.responsible, clean=False)
        self.look_after(page, row)
        self.note(row, page, builder)
        for address in row.get("old_urls") or []:
            Redirect.objects.get_or_create(
                old_path=Redirect.normalise_path(address), site=None, defaults={"redirect_page_id": page.pk}
            )
        return page

    def look_after(self, page, row: dict) -> None:
        reviewed_on = moment(row.get("reviewed_on"))
        values = {
            "review_interval": row.get("review_interval"),
            "pinned_until": moment(row.get("pinned_until")),
            "reviewed_on": reviewed_on and timezone.localdate(reviewed_on),
        }
        Stewardship.objects.filter(page_id=page.pk).update(
            responsible=self.users.get(row.get("responsible")) or self.responsible,
            **{name: value for name, value in values.items() if value},
        )

    def note(self, row: dict, page, builder: Builder) -> None:
        """Keeps what cleaning lost and which rules for publication the page breaks."""
        self.report.losses += [f"{row['id']}: {loss}" for loss in builder.losses]
        missing = page.missing_for_publication()
        self.report.broken_rules += [f"{row['id']}, {name}: {text}" for name, text in missing.items()]
        try:
            page.body.stream_block.clean(page.body)
        except ValidationError:
            self.report.broken_rules.append(f"{row['id']}, body: a block lacks something that publication demands")

    def set_state(self, row: dict, page) -> None:
        """Takes down what the source had taken down, and closes what it had behind a login."""
        if row.get("status") == "unpublished":
            live = Page.objects.get(pk=page.pk).specific
            UnpublishPageAction(live, user=self.responsible).execute(skip_permission_checks=True)
        if row.get("status") == "restricted":
            PageViewRestriction.objects.get_or_create(
                page_id=page.pk, defaults={"restriction_type": PageViewRestriction.LOGIN}
            )


def parts(rows: list[dict]) -> Iterator[list[dict]]:
    for start in range(0, len(rows), PART):
        yield rows[start : start + PART]


def free_slug(parent, slug: str) -> str:
    """`slug`, or with a number behind it where the parent has a page of that name."""
    taken = set(parent.get_children().filter(slug__startswith=slug).values_list("slug", flat=True))
    number, candidate = 1, slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
