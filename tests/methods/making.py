"""Methods for tests, with the facts that a test is about."""

from methods.models import MethodPage
from tests.world import make_page, publish

ASSESSED = {
    "evidence_rationale": "Några studier.",
    "evidence_sources": [("source", {"title": "En studie", "url": "https://example.com/studie"})],
}


def make_method(school_forms=(), **facts) -> MethodPage:
    """A method with these facts, public unless `live=False`; an assessment of evidence comes with its source."""
    live = facts.pop("live", True)
    made = make_page(MethodPage, live=False, **(ASSESSED if facts.get("evidence_strength") else {}), **facts)
    page = made.get_latest_revision_as_object()
    page.school_forms = list(school_forms)
    revision = page.save_revision()
    if live:
        publish(revision)
    return MethodPage.objects.get(pk=page.pk)
