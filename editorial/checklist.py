"""The rules that a text is held against before it is public: the same ones on every path.

A rule takes a manuscript and what is known about its surroundings, and yields its findings. What a *must* rule finds
stops the text. What a *should* rule finds can be settled with a reason, which holds for as long as the finding does.
What is *information* is only said.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log
from wagtail.models import Locale, Page, Revision

from core import html, kinds
from core.blocks import HeadingBlock
from core.guards import Refused
from core.models import Stewardship
from core.visibility import public_q
from editorial.manuscript import Manuscript
from editorial.settlement import Settlement
from editorial.words import moment, stored_time

MUST, SHOULD, INFORMATION = "must", "should", "information"


@dataclass(frozen=True)
class Rule:
    """`may_turn` says that the finding depends on more than the text, so that it can come and go after an approval."""

    code: str
    kind: str
    label: str
    find: Callable
    language: str = ""
    may_turn: bool = False


@dataclass(frozen=True)
class Finding:
    """What a rule has found. `advice` says what to do, `place` where, `subject` what it is about (`Settlement.mark`)."""

    advice: str
    place: str = ""
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.advice}" if self.place else self.advice


@dataclass
class Entry:
    """A rule and what it has found on one page."""

    rule: Rule
    findings: list[Finding]
    settlement: Settlement | None = None

    @property
    def mark(self) -> str:
        """Changes with what the findings are about, not with where they stand."""
        subjects = sorted(finding.subject for finding in self.findings)
        return hashlib.sha256("\n".join(subjects).encode()).hexdigest()[:32]

    @property
    def is_left(self) -> bool:
        return bool(self.findings) and self.rule.kind != INFORMATION and self.settlement is None


@dataclass
class Checklist:
    """The checklist of one page."""

    entries: list[Entry] = field(default_factory=list)

    @property
    def left(self) -> int:
        return sum(entry.is_left for entry in self.entries)

    @property
    def total(self) -> int:
        return sum(entry.rule.kind != INFORMATION for entry in self.entries)

    @property
    def in_words(self) -> str:
        if not self.left:
            return _("All done")
        return _("%(left)d of %(total)d left") % {"left": self.left, "total": self.total}

    def entry(self, code: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.rule.code == code), None)

    def of(self, kind: str) -> list[Entry]:
        """What rules of a kind have found."""
        return [entry for entry in self.entries if entry.rule.kind == kind and entry.findings]

    @property
    def must(self) -> list[Entry]:
        return self.of(MUST)

    @property
    def should(self) -> list[Entry]:
        return self.of(SHOULD)

    @property
    def information(self) -> list[Entry]:
        return self.of(INFORMATION)

    def stops(self, *, except_for: Callable[[Rule], bool] = lambda rule: False) -> list[str]:
        """What stands in the way of publication, in words."""
        return [str(finding) for entry in self.must if not except_for(entry.rule) for finding in entry.findings]


RULES: list[Rule] = []


def rule(code: str, kind: str, label: str, *, language: str = "", may_turn: bool = False):
    """Enters a function as a rule; `language` is the only one that it is about."""

    def enter(find):
        RULES.append(Rule(code, kind, label, find, language, may_turn))
        return find

    return enter


@dataclass
class Surroundings:
    """What the rules need to know beside the texts, fetched for all of them together."""

    known: dict[type, set[int]] = field(default_factory=dict)
    public: set[int] = field(default_factory=set)
    titles: dict[int, str] = field(default_factory=dict)
    not_public: dict[str, tuple[int, str]] = field(default_factory=dict)  # by tree path: pages that typed links lead to
    coming: dict[int, datetime] = field(
        default_factory=dict
    )  # when pages that are not public are to go live, as approved
    looked_after: set[int] = field(default_factory=set)
    in_english: set = field(default_factory=set)
    settled: dict[tuple[int, str], Settlement] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: list[Manuscript]) -> "Surroundings":
        """In as many statements for many texts as for one."""
        keys = {text.row.pk for text in texts if text.row.pk}
        targets = {key for text in texts for key in text.links}
        chosen: dict[type, set[int]] = {}
        for text in texts:
            for model, found in text.chosen.items():
                chosen.setdefault(model, set()).update(found)
        named = Page.objects.filter(pk__in=targets)
        public = set(named.filter(public_q()).values_list("pk", flat=True))
        typed = Page.objects.filter(url_path__in={path for text in texts for path in text.addresses})
        not_public = {
            path: (pk, title)
            for path, pk, title in typed.exclude(public_q()).values_list("url_path", "pk", "draft_title")
        }
        hidden = (targets - public) | {pk for pk, _title in not_public.values()}
        return cls(
            known={
                model: set(model._default_manager.filter(pk__in=found).values_list("pk", flat=True))
                for model, found in chosen.items()
            },
            public=public,
            titles=dict(named.values_list("pk", "draft_title")),
            not_public=not_public,
            coming=_coming(hidden) if hidden else {},
            looked_after=set(
                Stewardship.objects.filter(page__in=keys, responsible__is_active=True).values_list("page_id", flat=True)
            ),
            in_english=set(
                Page.objects.filter(
                    public_q(),
                    translation_key__in={text.row.translation_key for text in texts},
                    locale__language_code="en",
                ).values_list("translation_key", flat=True)
            ),
            settled={
                (row.page_id, row.rule): row for row in Settlement.objects.filter(page__in=keys).select_related("by")
            },
        )


def _coming(keys: set[int]) -> dict[int, datetime]:
    scheduled = Revision.page_revisions.filter(object_id__in=map(str, keys), approved_go_live_at__isnull=False)
    return {int(key): at for key, at in scheduled.values_list("object_id", "approved_go_live_at")}


# What a page must have.


@rule("complete", MUST, gettext_lazy("Everything that has to be filled in"))
def complete(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    return _gaps(text, "complete")


@rule("alt", MUST, gettext_lazy("Alt text"))
def alt_text(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    return _gaps(text, "alt")


@rule("headings", MUST, gettext_lazy("Headings in order"))
def heading_order(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    headings = [(1, "", "")]
    for part in text.parts:
        if isinstance(part.block, HeadingBlock):
            headings.append((int((part.value["level"] or "h2")[1:]), part.value["text"], part.place))
        elif part.is_rich:
            found = re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", str(part.value or ""), re.DOTALL)
            headings += [(int(level), html.text_of(words), part.place) for level, words in found]
    for (above, *_rest), (level, words, place) in pairwise(headings):
        if level > above + 1:
            values = {"heading": words, "level": level, "right": above + 1}
            yield Finding(_("“%(heading)s” jumps to level %(level)d. Make it level %(right)d.") % values, place)


@rule("table", MUST, gettext_lazy("Headings and captions of tables"))
def table_headers(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    return _gaps(text, "table")


@rule("captions", MUST, gettext_lazy("Captions of films"))
def captions(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    return _gaps(text, "captions")


@rule("transcript", MUST, gettext_lazy("Transcripts of sound"))
def transcript(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    return _gaps(text, "transcript")


# Words that say which language a paragraph is in, and that the other one does not have.
FUNCTION_WORDS = {
    "sv": {"och", "att", "det", "som", "är", "på", "av", "för", "med", "till", "inte", "har", "ett", "en", "eller", "kan",
           "ni", "vi", "när", "från", "där", "hur", "ska", "de", "sig", "också", "om"},
    "en": {"the", "and", "of", "to", "that", "it", "with", "are", "this", "not", "or", "by", "from", "we", "you", "they",
           "when", "how", "your", "which", "is", "for", "their", "has", "have", "what", "be"},
}  # fmt: skip
FOREIGN_AT_LEAST = 4
MARKED = re.compile(r'<span lang="([^"]*)"[^>]*>.*?</span>', re.DOTALL)
WORD = re.compile(r"[^\W\d_]+")


@rule("lang", MUST, gettext_lazy("The language of words"))
def language_marks(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    from core.rich_text import known  # the editor's module needs the models, which come here

    for part in text.texts:
        if not part.is_rich and part.name != "intro":
            continue
        for code in MARKED.findall(part.value):
            if not known(code):
                yield Finding(
                    _("“%(code)s” is no language that can be read aloud. Mark the words anew.") % {"code": code},
                    part.place,
                )
        for paragraph in part.paragraphs:
            words = html.text_of(MARKED.sub(" ", paragraph))
            if _is_in_another_language(words, text.language):
                excerpt = {"excerpt": html.cut_at_word(words, 60)}
                advice = (
                    _("“%(excerpt)s” is in another language. Mark it with the language button, or translate it.")
                    if part.is_rich
                    else _("“%(excerpt)s” is in another language. Translate it.")
                )
                yield Finding(advice % excerpt, part.place)


PLACEHOLDERS = re.compile(
    r"lorem ipsum|\b(?-i:TODO|TBD|FIXME)\b|\bx{3,}\b|\?{3,}|"
    r"\[(?:infoga|fyll i|skriv|lägg in|insert|fill in|write|add|text|bild|namn|datum|länk|name|date|link|image)\b[^\]]*\]|"
    r"\b(?:text|bild|innehåll) kommer (?:här|snart|senare)\b|\b(?:rubrik|ingress|brödtext|text) här\b|\bplatshållar(?:e|text)\b|"
    r"\b(?:text|content) (?:goes|comes) here\b|\bplaceholder text\b",
    re.IGNORECASE,
)


@rule("placeholder", MUST, gettext_lazy("No placeholder text"))
def placeholder_text(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    for part in text.texts:
        if found := PLACEHOLDERS.search(part.plain):
            yield Finding(
                _("Write the text that is to stand instead of “%(words)s”.") % {"words": found[0]}, part.place
            )


@rule("links", MUST, gettext_lazy("Links to pages that everyone can read"), may_turn=True)
def internal_links(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    for key, place in text.links.items():
        if key not in around.titles:
            yield Finding(_("A link leads to a page that is gone. Remove it."), place)
        elif key not in around.public:
            yield from _leads_to(key, around.titles[key], text, around, place)
    for path, place in text.addresses.items():
        if path in around.not_public:
            yield from _leads_to(*around.not_public[path], text, around, place)


def _leads_to(key: int, title: str, text: Manuscript, around: Surroundings, place: str) -> Iterator[Finding]:
    """What is wrong with a link to a page that is not public: nothing where it goes live no later than this one."""
    at, own = around.coming.get(key), stored_time(text.content.get("go_live_at"))
    if at is None:
        yield Finding(_("“%(title)s” is not public. Publish it first, or remove the link.") % {"title": title}, place)
    elif own is None or own < at:
        words = {"title": title, "time": moment(at)}
        yield Finding(
            _("“%(title)s” goes live %(time)s. Let this page go live then or later, or remove the link.") % words, place
        )


@rule("responsible", MUST, gettext_lazy("Someone who is responsible"), may_turn=True)
def responsible(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    if text.row.pk not in around.looked_after:
        yield Finding(_("The page has nobody who is responsible for it. Choose someone."), _("Settings"))


@rule("expiry", MUST, gettext_lazy("An end that is still to come"), may_turn=True)
def expiry(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    at = stored_time(text.content.get("expire_at"))
    if at and at <= timezone.now():
        yield Finding(
            _("The time at which the page would be taken down has passed. Choose a later one."), _("Settings")
        )


# What it should have.

LIX_LIMITS = {"news": 45, "blog_post": 45, "book_tip": 50, "method": 50, "theme": 50, "info": 50, "statement": 60}
LIX_LIMIT = 50
LIX_WORDS = 100  # a shorter text says little
LONG_WORD = 7  # letters


def lix(paragraphs: Iterable[str]) -> int:
    """The readability index of a Swedish text: words per sentence and the share of long words. 0 for a short one."""
    words = sentences = long_words = 0
    for paragraph in paragraphs:
        found = WORD.findall(paragraph)
        words += len(found)
        long_words += sum(len(word) >= LONG_WORD for word in found)
        sentences += max(bool(found), len(re.findall(r"[.!?:](?=\s|$)", paragraph)))
    return round(words / sentences + 100 * long_words / words) if words >= LIX_WORDS else 0


@rule("lix", SHOULD, gettext_lazy("Easy to read"), language="sv")
def readability(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    kind = next((kind.code for kind in kinds.every() if kind.model is text.model), "")
    limit = LIX_LIMITS.get(kind, LIX_LIMIT)
    value = lix(html.text_of(paragraph) for part in text.prose for paragraph in part.paragraphs)
    if value > limit:
        values = {"value": value, "limit": limit}
        advice = _(
            "LIX is %(value)d; aim for at most %(limit)d. Shorten sentences and change long words for short ones."
        )
        yield Finding(advice % values, subject=str(value))


@rule("teaser", SHOULD, gettext_lazy("A teaser"))
def teaser(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    is_listed = any(kind.model is text.model for kind in kinds.every())
    if is_listed and not text.content.get("teaser"):
        yield Finding(_("Write a teaser for cards and lists; until then they show the beginning of the intro."))


BEGINNINGS = {
    "sv": re.compile(r"(?:en |ett )?(?:bild|foto|fotografi|illustration)(?:en|et)? (?:på|av|föreställer|visar)\b", re.IGNORECASE),
    "en": re.compile(r"(?:an? )?(?:image|picture|photo|photograph|illustration) (?:of|showing)\b", re.IGNORECASE),
}  # fmt: skip


@rule("alt_beginning", SHOULD, gettext_lazy("Alt text that goes straight to the matter"))
def alt_beginning(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    for part in text.texts:
        if part.name in ("alt_text", "hero_alt"):
            found = BEGINNINGS[text.language].match(part.plain)
            if found:
                advice = _("Leave out “%(words)s”: a screen reader says that it is a picture.") % {"words": found[0]}
                yield Finding(advice, part.place, part.plain)


CAPTION_WORDS = 3  # a shorter caption is a name


@rule("caption_repeats", SHOULD, gettext_lazy("Captions that add something"))
def caption_repeats(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    """A caption that says what the alt text or a sentence of the page says already is read twice."""
    captions = [part for part in text.texts if part.name == "caption"]
    said = [_words(part.plain) for part in text.texts if part.name != "caption"] if captions else []
    for part in captions:
        words = _words(part.plain)
        if len(words.split()) >= CAPTION_WORDS and any(words in other for other in said):
            advice = _("“%(caption)s” stands on the page already. Say something else, or leave the caption out.")
            yield Finding(advice % {"caption": part.plain}, part.place, part.plain)


# What is worth knowing.


@rule("english", INFORMATION, gettext_lazy("English"), language="sv", may_turn=True)
def english(text: Manuscript, around: Surroundings) -> Iterator[Finding]:
    if text.row.translation_key not in around.in_english:
        yield Finding(_("The page is not there in English."))


def _gaps(text: Manuscript, owner: str) -> Iterator[Finding]:
    return (Finding(gap.advice, gap.place) for gap in text.gaps if gap.owner == owner)


def _words(text: str) -> str:
    """The words of a text, each between spaces, so that a whole phrase can be looked for."""
    return " ".join(["", *re.findall(r"\w+", text.casefold()), ""])


def _is_in_another_language(text: str, language: str) -> bool:
    words = [word.casefold() for word in WORD.findall(text)]
    count = {code: sum(word in known for word in words) for code, known in FUNCTION_WORDS.items()}
    own = count.pop(language)
    return any(other >= FOREIGN_AT_LEAST and other > 2 * own for other in count.values())


# Asking.


def check(page) -> Checklist:
    """The checklist of a page as it stands in the object, saved or not."""
    return _check([(page, page.serializable_data())])[0]


def check_latest(page) -> Checklist:
    """The checklist of a page's latest version."""
    return check(page.get_latest_revision_as_object())


def check_rows(pages: Iterable[Page]) -> dict[int, Checklist]:
    """The checklists of the latest versions of many pages, by key, in as many statements as for one."""
    rows = {page.latest_revision_id: page for page in pages if page.latest_revision_id and _is_ours(page)}
    contents = Revision.objects.filter(pk__in=rows).values_list("pk", "content")
    pairs = [(rows[pk], content) for pk, content in contents]
    return {page.pk: found for (page, _content), found in zip(pairs, _check(pairs), strict=True)}


def _is_ours(page) -> bool:
    return page.alias_of_id is None and hasattr(page.specific_class, "missing_for_publication")


def _check(pairs: list[tuple[Page, dict]]) -> list[Checklist]:
    languages = dict(Locale.objects.values_list("pk", "language_code"))
    texts = [Manuscript(row, content, languages[row.locale_id]) for row, content in pairs]
    around = Surroundings.of(texts)
    return [_checklist(text, around) for text in texts]


def _checklist(text: Manuscript, around: Surroundings) -> Checklist:
    text.known = around.known
    found = Checklist()
    for rule in RULES:
        if rule.language in ("", text.language):
            entry = Entry(rule, list(rule.find(text, around)))
            settled = around.settled.get((text.row.pk, rule.code))
            if rule.kind == SHOULD and entry.findings and settled and settled.mark == entry.mark:
                entry.settlement = settled
            found.entries.append(entry)
    return found


def may_settle(page, user) -> bool:
    return page.permissions_for_user(user).can_edit()


def settle(page, code: str, user, reason: str) -> Settlement:
    """Notes why what a *should* rule has found on the latest version may stand.

    Raises PermissionDenied for whoever may not edit the page, ValidationError without a reason, and Refused if there is
    nothing to settle.
    """
    if not may_settle(page, user):
        raise PermissionDenied
    reason = (reason or "").strip()
    if not reason:
        raise ValidationError(_("Say why it may stand."))
    entry = check_latest(page).entry(code)
    if entry is None or entry.rule.kind != SHOULD or not entry.findings:
        raise Refused(_("There is nothing to settle here any more."))
    values = {"reason": reason, "by": user, "mark": entry.mark, "at": timezone.now()}
    settlement, _is_new = Settlement.objects.update_or_create(page_id=page.pk, rule=code, defaults=values)
    log(instance=page, action="editorial.settled", user=user, data={"reason": reason, "rule": code})
    return settlement
