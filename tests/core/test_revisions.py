"""Two revisions have the same fingerprint when a reader would see no difference, however they were stored."""

import json

import pytest

from core.models.revisions import fingerprint

SAME = [
    ("<p>Ett stycke.</p>", '<p data-block-key="a1b2c">Ett stycke.</p>'),
    ("Text.", '<p data-block-key="a1b2c">Text.</p>'),
    ("", '<p data-block-key="a1b2c"></p>'),
    ("<p><strong>Fet</strong> &amp; rak</p>", "<p><b>Fet</b> & rak</p>"),
    ('<p><a linktype="page" id="3">Länk</a></p>', '<p><a id="3" linktype="page">Länk</a></p>'),
    ("<p>En<br/>rad</p>", "<p>En<br>rad</p>"),
    ("Två\nrader", "Två\r\nrader "),
    ([3, 1], [1, 3]),
    (["b", "a"], ["a", "b"]),
    ([{"pk": None, "tag": 2}, {"pk": None, "tag": 1}], [{"pk": 7, "tag": 1}, {"pk": 8, "tag": 2}]),
    ([{"pk": None, "sort_order": None, "person": 1}], [{"pk": 4, "sort_order": 0, "person": 1}]),
    (json.dumps({"rows": [["Samling", 30], ["Paus", 7.5]]}), json.dumps({"rows": [["Samling", 30.0], ["Paus", 7.5]]})),
    (json.dumps([{"type": "image", "value": {"image": 3}}]), json.dumps([{"type": "image", "value": {"image": 3, "alt": "", "decorative": False}, "id": "x"}])),
]  # fmt: skip
DIFFERENT = [
    ("<p>Ett</p>", "<p>Två</p>"),
    ("<p>Ett</p><p>Två</p>", "<p>EttTvå</p>"),
    ("<p>Ett</p>", "<h2>Ett</h2>"),
    ('<p><a href="/a">x</a></p>', '<p><a href="/b">x</a></p>'),
    ([1], [1, 2]),
    (0, None),
    (7.5, 7),
    (True, False),
    (
        [{"pk": 1, "sort_order": 0, "person": 1}, {"pk": 2, "sort_order": 1, "person": 2}],
        [{"pk": 2, "sort_order": 0, "person": 2}, {"pk": 1, "sort_order": 1, "person": 1}],
    ),
    (json.dumps([{"type": "a", "value": "1"}, {"type": "a", "value": "2"}]), json.dumps([{"type": "a", "value": "2"}, {"type": "a", "value": "1"}])),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_reads_the_same_is_the_same(one, other):
    assert fingerprint({"body": one}) == fingerprint({"body": other})


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_reads_otherwise_is_another_text(one, other):
    assert fingerprint({"body": one}) != fingerprint({"body": other})


def test_where_and_when_a_page_stands_is_no_text():
    before = {"title": "Sida", "go_live_at": None, "path": "00010001", "live": False}
    after = {"title": "Sida", "go_live_at": "2026-11-24T07:30:00Z", "path": "00010002", "live": True}
    assert fingerprint(before) == fingerprint(after)
