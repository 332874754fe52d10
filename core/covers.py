"""Drawings made from words: a book's typographic cover, and the quiet pattern of a page without a picture.

Both are the same every time for the same words. They are only numbers and path data here; `components/cover.svg` and
`components/pattern.svg` draw them, and the style sheet gives them their colours.
"""

import hashlib

PALETTES, MOTIFS = 8, 5
COVER_WIDTH, MARGIN = 200, 16  # units of the drawing
HEIGHTS = (272, 284, 292, 300)
SIZES = (29, 26, 23, 21, 19, 17, 15)  # type sizes, the largest that fits is taken
LEADING = 1.1
ART, AUTHOR_LINE = 150, 14  # room for the drawing with the first author line, and for each further one
# Widths of a serif's letters in parts of the type size; the others are 0.53.
NARROW, WIDE = set("ijltfrI.,:;'’!()- "), set("mwMWÅÄÖOQDGHNU&@—")

TILE, COLUMNS, ROWS = 80, 6, 4
FAMILIES = (
    ("quarter", "circle"),
    ("leaf", "quarter"),
    ("half", "dot"),
    ("leaf", "half"),
    ("wave", "circle"),
    ("quarter", "steps"),
)


def numbers(words: str) -> bytes:
    """32 numbers from 0 to 255 that belong to `words`."""
    return hashlib.sha256(words.casefold().encode()).digest()


def width_of(text: str, size: float) -> float:
    """How wide `text` will be, roughly, in a serif of the given size."""
    return size * sum(0.3 if sign in NARROW else 0.78 if sign in WIDE else 0.53 for sign in text)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """`text` in lines of at most `width`; a single word may be wider."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def book_cover(title: str, author: str) -> dict:
    """A cover for a book.

    Returns `title`, `author`, `height`, `size` (of the title's type), `lines` and `author_lines` (`{text, y}`), the
    drawing's `art_top`, and the numbers of a `palette` (0–7) and a `motif` (0–4).
    """
    drawn = numbers(f"{title}|{author}")
    room = COVER_WIDTH - 2 * MARGIN
    height = HEIGHTS[drawn[2] % len(HEIGHTS)]
    author_lines = wrapped(author, 11, room)[:3]
    art_top = height - ART - AUTHOR_LINE * (len(author_lines) - 1)
    for size in SIZES:
        lines = wrapped(title, size, room)
        fits = MARGIN + len(lines) * size * LEADING <= art_top + MARGIN / 2
        if fits and all(width_of(line, size) <= room for line in lines):
            break
    return {
        "title": title,
        "author": author,
        "height": height,
        "size": size,
        "lines": [
            {"text": line, "y": round(MARGIN + size * (1 + place * LEADING) - size / 4)}
            for place, line in enumerate(lines)
        ],
        "author_lines": [
            {"text": line, "y": height - MARGIN - AUTHOR_LINE * (len(author_lines) - 1 - place)}
            for place, line in enumerate(author_lines)
        ],
        "palette": drawn[0] % PALETTES,
        "motif": drawn[1] % MOTIFS,
        "art_top": art_top,
    }


def _quarter(x: int, y: int, turn: int) -> str:
    s = TILE
    return (
        f"M{x} {y}h{s}a{s} {s} 0 0 1-{s} {s}z",
        f"M{x + s} {y}v{s}a{s} {s} 0 0 1-{s}-{s}z",
        f"M{x + s} {y + s}h-{s}a{s} {s} 0 0 1 {s}-{s}z",
        f"M{x} {y + s}v-{s}a{s} {s} 0 0 1 {s} {s}z",
    )[turn]


def _half(x: int, y: int, turn: int) -> str:
    s, r = TILE, TILE // 2
    return (
        f"M{x} {y}h{s}a{r} {r} 0 0 1-{s} 0z",
        f"M{x + s} {y}v{s}a{r} {r} 0 0 1 0-{s}z",
        f"M{x + s} {y + s}h-{s}a{r} {r} 0 0 1 {s} 0z",
        f"M{x} {y + s}v-{s}a{r} {r} 0 0 1 0 {s}z",
    )[turn]


def _leaf(x: int, y: int, turn: int) -> str:
    s = TILE
    if turn % 2:
        return f"M{x} {y}a{s} {s} 0 0 1 {s} {s}a{s} {s} 0 0 1-{s}-{s}z"
    return f"M{x + s} {y}a{s} {s} 0 0 1-{s} {s}a{s} {s} 0 0 1 {s}-{s}z"


def _round(x: int, y: int, radius: int) -> str:
    middle = TILE // 2
    return f"M{x + middle - radius} {y + middle}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0-{2 * radius} 0z"


def _steps(x: int, y: int, turn: int) -> str:
    q = TILE // 4
    if turn % 2:
        return f"M{x} {y}h{q}v{q}h{q}v{q}h{q}v{q}h{q}v{q}h-{TILE}z"
    return f"M{x + TILE} {y}h-{q}v{q}h-{q}v{q}h-{q}v{q}h-{q}v{q}h{TILE}z"


def _wave(x: int, y: int, turn: int) -> str:
    q, depth = TILE // 4, TILE // (2 if turn % 2 else 3)
    return f"M{x} {y + depth}q{q}-{q} {2 * q} 0t{2 * q} 0v{TILE - depth}h-{TILE}z"


SHAPES = {
    "quarter": _quarter,
    "half": _half,
    "leaf": _leaf,
    "steps": _steps,
    "wave": _wave,
    "circle": lambda x, y, turn: _round(x, y, TILE // 2),
    "dot": lambda x, y, turn: _round(x, y, TILE // 5),
}


def pattern(slug: str) -> dict:
    """A pattern of tiles for a page: `light` and `dark`, the path data of its two tones, on 480 × 320 units."""
    drawn = numbers(slug)
    families = FAMILIES[drawn[0] % len(FAMILIES)]
    tones: dict[str, list[str]] = {"light": [], "dark": []}
    for place in range(COLUMNS * ROWS):
        row, column = divmod(place, COLUMNS)
        value = drawn[1 + place]
        if value % 4 == 0:  # a quarter of the tiles stay empty: the paper is part of the pattern
            continue
        shape = SHAPES[families[value % 7 == 1]]
        tones["dark" if value % 5 == 1 else "light"].append(shape(column * TILE, row * TILE, (value >> 4) % 4))
    return {tone: "".join(paths) for tone, paths in tones.items()}
