"""One test for each rule of the checklist: what it finds, what it leaves alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Page, PageLogEntry

from articles.models import BlogPostPage, NewsPage
from core.guards import Refused
from core.models import CustomDocument, Stewardship
from editorial.checklist import INFORMATION, MUST, RULES, SHOULD, check, check_latest, check_rows, lix, settle
from editorial.handbook import chapters
from home.models import InfoPage
from methods.models import MethodPage
from tests.editorial.newsroom import fresh
from tests.world import make_image, make_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def findings(code: str, body=(), model=NewsPage, language="sv", **fields) -> list[str]:
    """What a rule finds on a draft with these blocks and fields."""
    page = make_page(model, live=False, language=language)
    page.body = list(body)
    for name, value in fields.items():
        setattr(page, name, value)
    page.is_draft_save = True
    page.save_revision(clean=False)
    return told(check_latest(page), code)


def told(checklist, code: str) -> list[str]:
    return [str(finding) for finding in checklist.entry(code).findings]


def picture(**values):
    return {"image": make_image().pk, "alt_text": "En lärare skriver", "decorative": False} | values


def document(name: str) -> int:
    return CustomDocument.objects.create(title=name, file=ContentFile(b"x", name=name)).pk


def text(html: str):
    return raw("paragraph", html)


def raw(name: str, value) -> dict:
    return {"type": name, "value": value}


def test_complete_finds_what_has_to_be_filled_in():
    body = [
        raw("quote", {"text": "", "name": "Eva", "role": ""}),
        raw("contact", {"title": "", "person": None, "text": ""}),
    ]
    found = findings("complete", body, category=None)
    assert found == [
        "category: Fill this in.",
        "body, block 1: Fill in “Quote”.",
        "body, block 2: Fill in “Person”.",
    ]
    assert findings("complete", [text("<p>Allt är på plats.</p>")]) == []


def test_complete_finds_a_post_that_nobody_signs_however_it_came():
    signed, unsigned = make_page(BlogPostPage, live=False), make_page(BlogPostPage, live=False)
    unsigned.bylines = []
    unsigned.save_revision()
    assert told(check_latest(signed), "complete") == []
    assert told(check_latest(unsigned), "complete") == ["Bylines: Say who has written the post."]


def test_complete_finds_a_file_that_is_gone_and_a_list_that_is_too_short():
    gone = document("mall.pdf")
    CustomDocument.objects.all().delete()
    handout = raw("handout", {"document": gone, "title": "Mall", "description": "", "language": "sv"})
    gallery = raw("gallery", {"title": "", "images": [{"image": picture(), "caption": "", "credit": ""}]})
    assert findings("complete", [handout, gallery]) == [
        "body, block 1: Fill in “Document”.",
        "body, block 2: Images: at least 2.",
    ]


def test_alt_text_is_demanded_of_every_picture_that_is_not_decorative():
    bare, decorative = (
        raw("image", {"image": picture(alt_text="")}),
        raw("image", {"image": picture(alt_text="", decorative=True)}),
    )
    found = findings("alt", [bare, decorative], hero_image=make_image())
    assert found == [
        "alt text: Describe the picture, or tick “decorative”.",
        "body, block 1: Describe the picture, or tick “decorative”.",
    ]


def test_headings_take_their_levels_in_order():
    def heading(level, words="Rubrik"):
        return raw("heading", {"text": words, "level": level})

    assert findings("headings", [heading("h2"), heading("h3"), heading("h4"), heading("h2")]) == []
    assert findings("headings", [heading("h2"), heading("h4", "För djup")]) == [
        "body, block 2: “För djup” jumps to level 4. Make it level 3."
    ]
    assert findings("headings", [heading("h3", "Först")]) == [
        "body, block 1: “Först” jumps to level 3. Make it level 2."
    ]


def test_tables_have_a_caption_and_a_heading_for_every_column():
    def table(caption, *headings):
        columns = [{"type": "text", "heading": heading} for heading in headings]
        rows = [{"values": ["x" for _heading in headings]}]
        return raw(
            "table",
            {"caption": caption, "row_headers": False, "table": {"columns": columns, "rows": rows, "caption": ""}},
        )

    assert findings("table", [table("Tider", "Moment", "Minuter")]) == []
    assert findings("table", [table("Tider", "Moment", "")]) == [
        "body, block 1: Give every column a heading, so that the table can be read aloud."
    ]
    assert findings("table", [table("", "Moment")]) == ["body, block 1: Fill in “Caption”."]


def film(**values):
    empty = {
        "title": "Film",
        "url": "",
        "file": None,
        "captions": None,
        "captions_in_player": False,
        "description": "<p>Ett rum.</p>",
        "duration": "",
    }
    return raw("video", empty | values)


def test_films_have_captions():
    address = "https://vimeo.com/1084537"
    assert findings("captions", [film(url=address, captions_in_player=True)]) == []
    assert findings("captions", [film(url=address)]) == [
        "body, block 1: A film must have captions. Check that it has, then tick the box."
    ]
    assert findings("captions", [film(file=document("film.mp4"))]) == [
        "body, block 1: A film must have captions. Upload them as a .vtt file."
    ]


def test_sound_has_a_transcript():
    def sound(transcript):
        return raw("audio", {"title": "Ljud", "file": document("ljud.mp3"), "transcript": transcript, "duration": ""})

    assert findings("transcript", [sound("<p>Välkommen.</p>")], MethodPage) == []
    assert findings("transcript", [sound("<p></p>")], MethodPage) == ["body, block 1: Fill in “Transcript”."]


ENGLISH = "The teachers of the school meet every week, and they talk about what you can do with this."


def test_words_in_another_language_are_marked():
    assert findings("lang", [text(f'<p>Hon skrev: <span lang="en">{ENGLISH}</span></p>')]) == []
    (found,) = findings("lang", [text("<p>Svenska ord som är på plats.</p>"), text(f"<p>{ENGLISH}</p>")])
    assert found.startswith("body, block 2: “The teachers of the school")
    assert findings("lang", [text('<p>Ord på <span lang="xx">något annat</span>.</p>')]) == [
        "body, block 1: “xx” is no language that can be read aloud. Mark the words anew."
    ]
    swedish = "<p>Det här är en text som inte har blivit översatt och som de ska läsa på engelska.</p>"
    assert findings("lang", [text(swedish)], language="en", intro="An intro.")
    assert findings("lang", [text(f"<p>{ENGLISH}</p>")], language="en", intro="An intro.") == []


@pytest.mark.parametrize(
    "words", ["Lorem ipsum dolor", "TODO", "xxx kronor", "[infoga bild]", "Text kommer här", "Text goes here", "Vem???"]
)
def test_placeholder_text_is_found_wherever_it_stands(words):
    assert findings("placeholder", [text(f"<p>{words}</p>")])
    assert findings("placeholder", title=words)
    assert findings("placeholder", [raw("image", {"image": picture(alt_text=words)})])


def test_ordinary_words_are_no_placeholders():
    body = [text("<p>Todo el mundo, kapitel XX [sic] och frågan: varför? Texten kommer från Skolverket.</p>")]
    assert findings("placeholder", body) == []


def test_links_lead_to_pages_that_everyone_can_read():
    public, draft = make_page(), make_page(live=False, title="Utkastet")
    body = [
        text(f'<p><a linktype="page" id="{public.pk}">en</a> <a linktype="page" id="{draft.pk}">två</a></p>'),
        raw("page_list", {"title": "", "pages": [public.pk, draft.pk]}),
        text('<p><a linktype="page" id="999999">tre</a></p>'),
    ]
    assert findings("links", body) == [
        "body, block 1: “Utkastet” is not public. Publish it first, or remove the link.",
        "body, block 3: A link leads to a page that is gone. Remove it.",
    ]
    assert findings("links", related_pages=[("page", draft)])[0].startswith("related pages, block 1")


def test_a_link_may_lead_to_a_page_that_goes_live_no_later():
    at = timezone.now() + timedelta(days=2)
    coming = make_page(live=False, title="Kommer")
    coming.revisions.update(approved_go_live_at=at)
    body = [text(f'<p><a linktype="page" id="{coming.pk}">hit</a> <a href="{coming.url}">och dit</a></p>')]
    for time in (at, at + timedelta(hours=1)):
        assert findings("links", body, go_live_at=time) == []
    for time in (None, at - timedelta(minutes=1)):
        (first, second) = findings("links", body, go_live_at=time)
        assert "“Kommer” goes live" in first
        assert "then or later" in second


def test_a_link_that_is_typed_as_an_address_leads_to_a_page_that_everyone_can_read(settings):
    settings.WAGTAILADMIN_BASE_URL = "https://portal.example"
    public, draft, english = make_page(), make_page(live=False, title="Utkastet"), make_page(live=False, language="en")
    for address in (draft.url, f"{draft.url}?a=1#b", draft.url.rstrip("/"), f"https://portal.example{draft.url}"):
        assert findings("links", [text(f'<p><a href="{address}">hit</a></p>')]) == [
            "body, block 1: “Utkastet” is not public. Publish it first, or remove the link."
        ], address
    assert findings("links", [text(f'<p><a href="{english.url}">here</a></p>')])
    for address in (
        public.url,
        f"https://other.example{draft.url}",
        "/sok/",
        "https://[",
        "#x",
        "mailto:a@example.com",
    ):
        assert findings("links", [text(f'<p><a href="{address}">hit</a></p>')]) == [], address


def test_many_links_take_as_many_statements_as_one():
    counts = []
    for number in (1, 20):
        body = [text("".join(f'<p><a linktype="page" id="{make_page().pk}">x</a></p>' for _place in range(number)))]
        page = make_page(live=False)
        page.body = body
        page.save_revision()
        page = fresh(page).get_latest_revision_as_object()
        with CaptureQueriesContext(connection) as statements:
            check(page)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_page_may_link_to_itself():
    page = make_page(live=False)
    page.body = [text(f'<p><a linktype="page" id="{page.pk}">hit</a></p>')]
    assert told(check(page), "links") == []


def test_someone_is_responsible(people):
    page = make_page(live=False, author=people["author"])
    assert told(check(page), "responsible") == []
    Stewardship.objects.filter(page_id=page.pk).update(responsible=None)
    assert told(check(page), "responsible") == [
        "Settings: The page has nobody who is responsible for it. Choose someone."
    ]
    people["author"].is_active = False
    people["author"].save()
    Stewardship.objects.filter(page_id=page.pk).update(responsible=people["author"])
    assert told(check(page), "responsible")


def test_the_end_is_still_to_come():
    assert findings("expiry", expire_at=timezone.now() + timedelta(days=1)) == []
    assert findings("expiry", expire_at=timezone.now() - timedelta(days=1)) == [
        "Settings: The time at which the page would be taken down has passed. Choose a later one."
    ]


EASY = "Vi ses varje vecka. Alla får säga sitt. Sen gör vi en plan. "
HARD = "Kompetensutvecklingsinsatserna förutsätter verksamhetsövergripande kvalitetssäkringsprocesser och organisationsutveckling "


def test_a_swedish_text_that_is_hard_to_read_is_found():
    assert findings("lix", [text(f"<p>{EASY * 10}</p>")]) == []
    (found,) = findings("lix", [text(f"<p>{HARD * 20}.</p>")])
    assert "aim for at most 45" in found
    english = make_page(live=False, language="en")
    assert check(english).entry("lix") is None


def test_lix_is_words_per_sentence_and_the_share_of_long_words():
    sentence = "Ett två tre fyra fem sex sju åtta längre ordentlig."  # ten words, one of them longer than six letters
    assert lix([sentence] * 10) == 20
    assert lix([sentence]) == 0


def test_a_page_in_lists_should_have_a_teaser():
    assert findings("teaser", teaser="En puff.") == []
    assert findings("teaser")
    assert findings("teaser", model=InfoPage)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", "Bild på en skola"),
        ("sv", "En bild av en skola"),
        ("en", "Picture of a school"),
        ("en", "An image of a school"),
    ],
)
def test_alt_text_goes_straight_to_the_matter(language, words):
    def found(alt):
        return findings("alt_beginning", [raw("image", {"image": picture(alt_text=alt)})], language=language)

    assert found(words)
    assert found("Skolan i kvällsljus") == []
    assert findings("alt_beginning", hero_image=make_image(), hero_alt=words, language=language)


def test_a_caption_says_something_of_its_own():
    def found(caption):
        body = [
            text("<p>Lärteamet ritar sin plan på tavlan.</p>"),
            raw("image", {"image": picture(), "caption": caption}),
        ]
        return findings("caption_repeats", body)

    assert found("Lärteamet ritar sin plan.")
    assert found("En lärare skriver!")  # what the alt text says
    assert found("Planen blev klar samma dag.") == []


def test_that_the_page_is_not_there_in_english_is_said():
    page = make_page()
    assert check(page).entry("english").findings
    twin = make_page(language="en")
    Page.objects.filter(pk=twin.pk).update(translation_key=page.translation_key)
    assert check(page).entry("english").findings == []
    assert check(twin).entry("english") is None


def test_information_and_what_is_settled_are_not_counted(people):
    page = make_page(live=False, author=people["author"])
    checklist = check_latest(page)
    assert [entry.rule.code for entry in checklist.entries if entry.findings] == ["teaser", "english"]
    assert (checklist.left, checklist.total) == (1, len(RULES) - 1)
    assert checklist.in_words == f"1 of {len(RULES) - 1} left"
    settle(page, "teaser", people["author"], "Ingressen räcker")
    assert check_latest(page).in_words == "All done"


def test_a_settlement_lapses_when_the_finding_changes(people):
    page = make_page(live=False, author=people["author"], hero_image=make_image(), hero_alt="Bild på en skola")
    settle(page, "alt_beginning", people["author"], "Det är ett fotografi som texten handlar om")
    assert check_latest(page).entry("alt_beginning").settlement.by == people["author"]
    page.title = "En annan rubrik"
    page.save_revision(user=people["author"])
    assert check_latest(page).entry("alt_beginning").settlement
    page.hero_alt = "Bild på en annan skola"
    page.save_revision(user=people["author"])
    assert check_latest(page).entry("alt_beginning").settlement is None
    assert check_latest(page).entry("alt_beginning").is_left


def test_only_whoever_may_edit_the_page_settles_and_with_a_reason(people):
    page = make_page(live=False, author=people["author"])
    with pytest.raises(ValidationError):
        settle(page, "teaser", people["author"], " ")
    with pytest.raises(PermissionDenied):
        settle(page, "teaser", people["administrator"], "Därför")
    with pytest.raises(Refused):
        settle(page, "alt", people["author"], "Det som måste vara på plats går inte att förklara bort")
    with pytest.raises(Refused):
        settle(page, "lix", people["author"], "Det finns inget att förklara")
    assert not PageLogEntry.objects.filter(action="editorial.settled").exists()
    settle(page, "teaser", people["author"], "Därför")
    assert PageLogEntry.objects.get(action="editorial.settled").data == {"reason": "Därför", "rule": "teaser"}


def test_a_list_says_the_same_as_the_page():
    page = make_page(live=False, hero_image=make_image(), hero_alt="Bild på x", title="TODO")
    row = Page.objects.get(pk=page.pk)
    one, listed = check_latest(page), check_rows([row])[page.pk]
    assert [(entry.rule.code, entry.findings) for entry in one.entries] == [
        (entry.rule.code, entry.findings) for entry in listed.entries
    ]


def test_every_rule_stands_in_the_handbook():
    handbook = "".join(render_to_string(chapter["template"]) for chapter in chapters())
    with override("sv"):
        assert [rule.code for rule in RULES if f"<strong>{rule.label}</strong>" not in handbook] == []


def test_the_rules_are_those_that_were_agreed():
    kinds = {kind: [rule.code for rule in RULES if rule.kind == kind] for kind in (MUST, SHOULD, INFORMATION)}
    assert kinds == {
        MUST: ["complete", "alt", "headings", "table", "captions", "transcript", "lang", "placeholder", "links", "responsible", "expiry"],
        SHOULD: ["lix", "teaser", "alt_beginning", "caption_repeats"],
        INFORMATION: ["english"],
    }  # fmt: skip
