"""What a hit shows of its text: the part where most of the words stand, with the words marked as they are written there."""

import re

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
        self.seen: dict[str, str] = {}
        self.ignored = frozenset() if reader.tokens <= stop else reader.tokens & stop

    def _hits(self, text: str, read: Text | None) -> list[tuple[re.Match, str]]:
        """Each word of a text, and the token that it stands for; empty for none."""
        read, seen = read or analyse_text(text, self.reader.language), self.seen
        for reading in set(read.readings).difference(seen):
            main, extras = self.reader.matches(reading)
            seen[reading] = next((token for token in (main, *extras) if token and token not in self.ignored), "")
        return [(match, seen[reading]) for match, reading in zip(WORD.finditer(text), read.readings, strict=False)]

    def whole(self, text: str, read: Text | None = None) -> SafeString:
        """A tidy text with its words marked. `read` spares the reading of one that is kept."""
        return marked_at(text, [match.span() for match, token in self._hits(text, read) if token])

    def finds(self, text: str, read: Text | None = None) -> bool:
        return any(token for _match, token in self._hits(text, read))

    def excerpt(self, text: str, read: Text | None = None) -> SafeString:
        """Some `WIDTH` words round the best place, or the beginning of the text."""
        found = self._hits(text, read)
        if not found:
            return marked_at("", [])
        hits = [(place, token) for place, (_match, token) in enumerate(found) if token]
        first = max(0, self._best(hits) - BEFORE)
        last = min(len(found), first + WIDTH) - 1
        start, end = found[first][0].start() if first else 0, found[last][0].end()
        if last + 1 == len(found):
            end = len(text)
        spans = [found[place][0].span() for place, _token in hits if first <= place <= last]
        shown = marked_at(text[start:end], [(begin - start, stop - start) for begin, stop in spans])
        return format_html("{}{}{}", "… " if first else "", shown, "" if end == len(text) else " …")

    def _best(self, hits: list[tuple[int, str]]) -> int:
        """Where the window begins that holds the most different words, then the most words."""
        best, place = 0, 0
        for number, (begin, _token) in enumerate(hits):
            window = [token for at, token in hits[number : number + WIDTH] if at - begin < WIDTH - BEFORE]
            value = len(set(window)) * DIFFERENT + len(window)
            if value > best:
                best, place = value, begin
        return place
