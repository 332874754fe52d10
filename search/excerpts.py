"""What a hit shows of its text: the part where most of the words stand, with the words marked as they are written there."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.html import marked_at
from search.analysis import STOP_WORDS, WORD, normalised
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

    def _token(self, surface: str) -> str:
        """Which token a word stands for; empty for none."""
        main, extras = self.reader.matches(normalised(surface))
        found = next((token for token in (main, *extras) if token and token not in self.ignored), "")
        return found

    def whole(self, text: str) -> SafeString:
        spans = [match.span() for match in WORD.finditer(text) if self._token(match[0])]
        return marked_at(text, spans)

    def finds(self, text: str) -> bool:
        return any(self._token(match[0]) for match in WORD.finditer(text))

    def excerpt(self, text: str) -> SafeString:
        """Some `WIDTH` words round the best place, or the beginning of the text."""
        found = list(WORD.finditer(text))
        if not found:
            return marked_at("", [])
        hits = [(place, token) for place, match in enumerate(found) if (token := self._token(match[0]))]
        first = max(0, self._best(hits) - BEFORE)
        last = min(len(found), first + WIDTH) - 1
        start, end = found[first].start() if first else 0, found[last].end()
        if last + 1 == len(found):
            end = len(text)
        spans = [found[place].span() for place, _token in hits if first <= place <= last]
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
