"""What a hit shows of its text: the part where most of the words stand, with the words marked as they are written there."""

from itertools import islice

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.html import marked_at
from search.analysis import STOP_WORDS, WORD, Text, analyse_text
from search.ranking import Reader

WIDTH = 28  # words of an excerpt
BEFORE = 6  # words shown before the first that was found
DIFFERENT = 10  # how much another word counts against one more of the same


class Marker:
    """Marks in texts what a reader finds. Words that say nothing are marked only where nothing else was looked for."""

    def __init__(self, reader: Reader):
        self.reader = reader
        stop = STOP_WORDS.get(reader.language, frozenset())
        self.ignored = frozenset() if reader.tokens <= stop else reader.tokens & stop

    def _hits(self, read: Text) -> list[tuple[int, str]]:
        """The places of the words that are marked, and the token that each stands for."""
        found = [
            (place, next((token for token in (main, *extras) if token and token not in self.ignored), ""))
            for place, main, extras in self.reader.find(read.readings)
        ]
        return [(place, token) for place, token in found if token]

    def _read(self, text: str, read: Text | None) -> Text:
        return read or analyse_text(text, self.reader.language)

    def whole(self, text: str, read: Text | None = None) -> SafeString:
        """A tidy text with its words marked. `read` spares the reading of one that is kept."""
        marked = {place for place, _token in self._hits(self._read(text, read))}
        return marked_at(text, [match.span() for place, match in enumerate(WORD.finditer(text)) if place in marked])

    def finds(self, text: str, read: Text | None = None) -> bool:
        return bool(self._hits(self._read(text, read)))

    def excerpt(self, text: str, read: Text | None = None) -> SafeString:
        """Some `WIDTH` words round the best place, or the beginning of the text."""
        read = self._read(text, read)
        hits = self._hits(read)
        first = max(0, self._best(hits) - BEFORE)
        following = islice(WORD.finditer(text), first, first + WIDTH + 1)  # what comes after is not looked at
        shown = [match.span() for match in following]
        if not shown:
            return marked_at("", [])
        start = shown[0][0] if first else 0
        end = shown[WIDTH - 1][1] if len(shown) > WIDTH else len(text)
        spans = [shown[place - first] for place, _token in hits if 0 <= place - first < min(len(shown), WIDTH)]
        marked = marked_at(text[start:end], [(begin - start, stop - start) for begin, stop in spans])
        return format_html("{}{}{}", "… " if first else "", marked, "" if end == len(text) else " …")

    def _best(self, hits: list[tuple[int, str]]) -> int:
        """Where the window begins that holds the most different words, then the most words."""
        best, place = 0, 0
        for number, (begin, _token) in enumerate(hits):
            window = [token for at, token in hits[number : number + WIDTH] if at - begin < WIDTH - BEFORE]
            value = len(set(window)) * DIFFERENT + len(window)
            if value > best:
                best, place = value, begin
        return place
