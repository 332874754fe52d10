"""Films at other services: an address of one of three services, and nothing is asked of any server but the reader's click."""

import re

from wagtail.embeds.exceptions import EmbedNotFoundException
from wagtail.embeds.finders.base import EmbedFinder

PLAYERS = [
    (
        "YouTube",
        re.compile(r"^https://(?:www\.)?(?:youtube\.com/watch\?v=|youtu\.be/)([\w-]{6,20})"),
        "https://www.youtube-nocookie.com/embed/{}",
    ),
    ("Vimeo", re.compile(r"^https://(?:www\.)?vimeo\.com/(\d+)"), "https://player.vimeo.com/video/{}?dnt=1"),
    (
        "UR Play",
        re.compile(r"^https://(?:www\.)?(?:urplay\.se|play\.ur\.se)/program/(\d+)"),
        "https://urplay.se/embed/{}",
    ),
]


def player(url: str) -> tuple[str, str] | None:
    """The service's name and the address of its player for a film's address; None for any other address."""
    for name, pattern, address in PLAYERS:
        if found := pattern.match(url):
            return name, address.format(found[1])
    return None


class AllowedEmbedFinder(EmbedFinder):
    """Wagtail's question "can this be embedded?", answered from the list above."""

    def accept(self, url):
        return player(url) is not None

    def find_embed(self, url, max_width=None, max_height=None):
        found = player(url)
        if found is None:
            raise EmbedNotFoundException
        name, address = found
        return {
            "title": "",
            "author_name": "",
            "provider_name": name,
            "type": "video",
            "thumbnail_url": "",
            "width": 640,
            "height": 360,
            "html": address,
        }
