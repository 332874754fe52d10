"""Editors decide what words mean the same and what comes first, see what it does before it is saved, and what is asked."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data

from search import log
from search.models import AskedOn, FollowedOn, Promotion, SearchDocument, Synonym
from search.promotions import lines
from search.reports import FEWEST
from tests.world import make_page

pytestmark = pytest.mark.django_db


def asked(text: str, client: Client | None = None, place: str = "/sok/", **filters) -> str:
    """The hits, without what a page of none offers instead."""
    return hits_in((client or Client()).get(place, {"q": text, **filters}).content.decode())


def hits_in(content: str) -> str:
    return "\n".join(re.findall(r'<article class="result.*?</article>', content, re.DOTALL))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def report(user, query: str = "") -> str:
    return signed_in(user).get(reverse("search_report") + query).content.decode()


def test_a_synonym_both_ways_finds_either(client):
    one, other = make_page(title="Elevhälsans dag"), make_page(title="Skolkuratorns år")
    assert other.url not in asked("elevhälsa")
    Synonym.objects.create(term="elevhälsa", equivalents="skolkurator")
    assert other.url in asked("elevhälsan")
    assert one.url in asked("skolkuratorer")


def test_a_synonym_one_way_finds_in_one_direction_only():
    one, other = make_page(title="Elevhälsans dag"), make_page(title="Skolkuratorns år")
    Synonym.objects.create(term="elevhälsa", equivalents="skolkurator", both_ways=False)
    assert other.url in asked("elevhälsa")
    assert one.url not in asked("skolkurator")


def test_the_shipped_synonyms_are_there_for_editors_to_change():
    page = make_page(title="Verksamhetsförlagd utbildning i höst")
    assert page.url in asked("VFU")
    Synonym.objects.get(term="VFU").delete()
    assert page.url not in asked("VFU")


def test_a_promoted_page_comes_first_for_its_questions_in_any_form():
    for number in range(3):
        make_page(title=f"Läsning {number}")
    chosen = make_page(title="Något helt annat")
    Promotion.objects.create(page=chosen, questions="läsning\nläsa mer")
    content = asked("Läsningen")
    assert content.index(chosen.url) < content.index('<article class="result k-news" ')
    assert content.count(f'href="{chosen.url}"') == 1
    assert chosen.url not in asked("läsning i skolan")


def test_a_promoted_page_that_is_not_public_is_not_shown():
    chosen = make_page(title="Något helt annat")
    Promotion.objects.create(page=chosen, questions="läsning")
    chosen.unpublish()
    assert chosen.url not in asked("läsning")


def preview(user, model, instance, data: dict, mode: str) -> str:
    url = reverse(f"wagtailsnippets_search_{model}:preview_on_edit", args=[instance.pk])
    client = signed_in(user)
    assert client.post(url, nested_form_data(data)).json()["is_valid"]
    return hits_in(client.get(url, {"mode": mode}).content.decode())


def test_a_synonym_shows_what_it_does_before_it_is_saved(people):
    other = make_page(title="Skolkuratorns år")
    synonym = Synonym.objects.create(term="elevhälsa", equivalents="skolsköterska")
    data = {"term": "elevhälsa", "equivalents": "skolkurator", "both_ways": "on", "language": ""}
    assert other.url in preview(people["editor"], "synonym", synonym, data, "with")
    assert other.url not in preview(people["editor"], "synonym", synonym, data, "without")
    assert other.url not in asked("elevhälsa"), "nothing is saved"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="its plans say so")
def test_promotions_are_read_without_a_walk_through_all_pages():
    chosen, other = make_page(title="Läslyftet i korthet"), make_page(title="Reading", language="en")
    for page in (chosen, other):
        Promotion.objects.create(page=page, questions="läsa\n\nskriva")
    with CaptureQueriesContext(connection) as captured:
        assert lines("sv") == [("läsa", chosen.pk), ("skriva", chosen.pk)]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
        assert next(step for *_ids, step in cursor.fetchall()) == "SCAN search_promotion"


def test_a_promotion_shows_what_it_does_before_it_is_saved(people):
    chosen, other = make_page(title="Något helt annat"), make_page(title="Läsning i skolan")
    promotion = Promotion.objects.create(page=chosen, questions="skrivning")
    data = {"page": chosen.pk, "questions": "läsning"}
    content = preview(people["editor"], "promotion", promotion, data, "with")
    assert content.index(chosen.url) < content.index(other.url)
    assert chosen.url not in preview(people["editor"], "promotion", promotion, data, "without")


@pytest.mark.parametrize(
    ("role", "may"), [("editor", True), ("chief_editor", True), ("author", False), ("reviewer", False)]
)
def test_editors_look_after_what_is_found_and_others_do_not(people, role, may):
    for name in ("wagtailsnippets_search_synonym:list", "wagtailsnippets_search_promotion:list", "search_report"):
        assert (signed_in(people[role]).get(reverse(name)).status_code == 200) is may


def test_the_report_shows_what_is_asked_often_and_what_finds_nothing(people):
    make_page(title="Läsning i skolan")
    for _time in range(FEWEST):
        asked("Läsning")
        asked("hittepåord")
    for _time in range(FEWEST - 1):
        asked("något ovanligt")
    log.flush()
    content = report(people["editor"], "?days=7")
    assert "läsning" in content
    assert "hittepåord" in content
    assert "ovanligt" not in content
    content = report(people["editor"], "?days=7&found=none")
    assert "hittepåord" in content
    assert "läsning" not in content


def test_the_report_counts_what_is_opened(people, client):
    page = make_page(title="Läsning i skolan")
    for _time in range(FEWEST):
        asked("läsning")
        assert client.post("/sok/oppnad", {"q": "läsning", "page": page.pk}).status_code == 204
    log.flush()
    assert FollowedOn.objects.get().times == FEWEST
    assert "läsning" not in report(people["editor"], "?found=unopened")


@pytest.mark.parametrize("page", ["", "x", "-1", "99999999999999999999", "٣", "123456"])
def test_a_hit_that_cannot_be_is_not_counted(page, client):
    assert client.post("/sok/oppnad", {"q": "läsning", "page": page}).status_code == 204
    log.flush()
    assert not FollowedOn.objects.exists()


def test_nothing_says_who_searched():
    fields = {field.name for model in (AskedOn, FollowedOn) for field in model._meta.get_fields()}
    assert fields == {"id", "day", "language", "text", "times", "without_hits", "page_id"}


def test_what_was_asked_is_forgotten_after_ninety_days():
    long_ago = timezone.localdate() - log.KEPT - timedelta(days=1)
    AskedOn.objects.create(day=long_ago, language="sv", text="gammalt", times=9)
    AskedOn.objects.create(day=timezone.localdate(), language="sv", text="nytt", times=9)
    log.forget_old()
    assert [row.text for row in AskedOn.objects.all()] == ["nytt"]


def test_an_export_has_no_formulas(people):
    AskedOn.objects.create(day=timezone.localdate(), language="sv", text="=1+1", times=FEWEST)
    content = signed_in(people["editor"]).get(reverse("search_report") + "?export=csv")
    assert "'=1+1" in b"".join(content.streaming_content).decode()


def test_a_search_writes_nothing_while_the_visitor_waits(client, django_assert_max_num_queries):
    make_page(title="Läsning i skolan")
    asked("läsning")
    assert not AskedOn.objects.exists()
    assert SearchDocument.objects.exists()
