"""Rich text in, safe HTML out. The only module that marks anything as safe."""

import re
from html import escape, unescape
from urllib.parse import urljoin

import nh3
from django.utils.safestring import SafeString, mark_safe

# What the editor can make: the same list for imports, pasted text and translation files.
ALLOWED = {
    "p": set(), "br": set(), "b": set(), "i": set(), "strong": set(), "em": set(), "ol": set(), "ul": set(), "li": set(),
    "h2": set(), "h3": set(), "h4": set(), "blockquote": set(),
    "a": {"href", "linktype", "id"}, "span": {"lang"},
}  # fmt: skip

# What a program that reads feeds is given: the text as it stands on the page, without what needs the site round it.
CARRIED = {
    "p", "br", "b", "i", "strong", "em", "small", "cite", "sub", "sup", "ol", "ul", "li", "dl", "dt", "dd", "div", "h2", "h3", "h4",
    "blockquote", "a", "span", "time", "figure", "figcaption", "img", "audio", "video", "source", "track", "details", "summary",
    "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
CARRIED_ATTRIBUTES = {
    "*": {"lang"}, "a": {"href"}, "img": {"src", "alt", "width", "height"}, "audio": {"src", "controls", "preload"},
    "video": {"src", "controls", "preload"}, "source": {"src", "type"}, "track": {"src", "kind", "srclang", "label"},
    "time": {"datetime"}, "th": {"scope"},
}  # fmt: skip
LEFT_BEHIND = {"script", "style", "svg", "button", "template", "iframe"}
ADDRESSES = {"href", "src"}


def for_elsewhere(html: str, url: str) -> str:
    """HTML from the page at `url` as it can be read in another program: every address is whole."""

    def whole(tag: str, name: str, value: str) -> str:
        return urljoin(url, value) if name in ADDRESSES else value

    carried = nh3.clean(
        html,
        tags=CARRIED,
        clean_content_tags=LEFT_BEHIND,
        attributes=CARRIED_ATTRIBUTES,
        attribute_filter=whole,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    return re.sub(r"\s*\n\s*", "\n", carried).strip()


def clean(html: str) -> str:
    """HTML reduced to what the editor allows. Scripts, handlers and unknown addresses are gone."""
    return nh3.clean(
        html, tags=set(ALLOWED), attributes=ALLOWED, url_schemes={"http", "https", "mailto", "tel"}, link_rel=None
    )


def text_of(html: str) -> str:
    """The words of a piece of HTML, in one line."""
    spaced = re.sub(r"<(?:/p|/li|/h\d|br)[^>]*>", " ", html)
    return " ".join(unescape(nh3.clean(spaced, tags=set())).split())


def marked_at(text: str, spans: list[tuple[int, int]]) -> SafeString:
    """`text` escaped, with what stands between each pair of places inside `<mark>`. The spans are in order and apart."""
    parts, end = [], 0
    for start, stop in spans:
        parts += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return mark_safe("".join([*parts, escape(text[end:])]))


def cut_at_word(text: str, length: int) -> str:
    """`text` in at most `length` characters, cut between words and ended by an ellipsis where it was cut."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,.;:–-") + "…"


def data_block(json_text: str) -> SafeString:
    """JSON for search engines as an element; no character of it can end the element."""
    text = json_text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')
