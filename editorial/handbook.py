"""The editors' handbook: pages of help inside the newsroom, in the order in which one needs them."""

from pathlib import Path

from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

FRAGMENTS = Path(__file__).parent / "templates" / "editorial" / "handbook"


def chapters() -> list[dict]:
    """`{anchor, title, template}` for each fragment, by file name: `3_granska.html` is the third and has the anchor `granska`."""
    found = []
    for file in sorted(FRAGMENTS.glob("*.html")):
        heading = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser").find("h2")
        found.append(
            {
                "anchor": file.stem.partition("_")[2],
                "title": heading.get_text() if heading else file.stem,
                "template": f"editorial/handbook/{file.name}",
            }
        )
    return found


def handbook(request) -> HttpResponse:
    return render(
        request,
        "editorial/handbook.html",
        {"page_title": gettext("Handbook"), "chapters": chapters(), "header_icon": "help"},
    )
