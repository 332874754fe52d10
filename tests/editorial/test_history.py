"""The history says in words which part was changed, by whom, and folds the automatic saves of a sitting."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from editorial.authors import authors
from tests.editorial.newsroom import autosave, fresh, signed_in, write
from tests.world import make_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(people):
    return make_page(live=False, author=people["author"])


def history(user, page) -> str:
    return signed_in(user).get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()


def test_each_line_names_the_parts_that_were_changed(page, people):
    write(people["editor"], page, title="Ny titel", intro="Ny ingress.")
    shown = history(people["reviewer"], page)
    assert "titel, ingress" in shown
    assert str(people["editor"]) in shown


def test_a_line_of_more_parts_than_fit_ends_with_dots(page, people):
    values = {"title": "A", "intro": "B", "teaser": "C", "seo_title": "D", "search_description": "E"}
    write(people["editor"], page, **values)
    assert " …" in history(people["reviewer"], page)


def test_the_automatic_saves_of_a_sitting_are_one_line(page, people):
    client = signed_in(people["editor"])
    first = json.loads(autosave(client, page, intro="Ett").content)["revision_id"]
    for text in ("Två", "Tre"):
        autosave(client, page, intro=text, overwrite_revision_id=str(first))
    assert PageLogEntry.objects.filter(page=page, user=people["editor"], action="wagtail.edit").count() == 3
    assert len(re.findall(r">\s*ingress\s*<", history(people["editor"], page))) == 1


def test_an_older_version_that_is_restored_is_a_new_draft(page, people):
    first = page.latest_revision
    write(people["editor"], page, title="Andra versionen")
    address = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, first.pk])
    assert signed_in(people["editor"]).get(address).status_code == 200
    assert not fresh(page).live


@pytest.mark.parametrize("options", [{}, {"days": 30}, {"pages": True}, {"non_pages": True}])
def test_no_revision_is_purged(people, options):
    page = make_page(live=False, author=people["author"])
    page.title = "Senare"
    page.save_revision(user=people["editor"])
    Revision.objects.update(created_at=timezone.now() - timedelta(days=400))
    with pytest.raises(CommandError, match="history"):
        call_command("purge_revisions", **options)
    assert authors(fresh(page)) == {people["author"].pk, people["editor"].pk}
