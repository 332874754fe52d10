"""What each kind of article may be laid out with."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from core.blocks import LINKS, PageCardBlock, stream

BOOK_CARD = (
    "book_card",
    PageCardBlock(
        "articles.BookTipPage", label=_("Book tip"), description=_("A card for one of our book tips."), group=LINKS
    ),
)
METHOD_CARD = (
    "method_card",
    PageCardBlock(
        "methods.MethodPage", label=_("Method"), description=_("A card for one of our methods."), group=LINKS
    ),
)

NEWS_BODY = stream(
    "heading", "paragraph", "image", "gallery", "video", "quote", "portrait", "table", "callout", "references",
    "handout", "page_list", "contact", "cta", "embed", "figure",
)  # fmt: skip
BOOK_TIP_BODY = stream(
    "heading", "paragraph", "image", "quote", "discussion_questions", "callout", "references", "page_list", "audio",
    page_cards=[BOOK_CARD, METHOD_CARD],
)  # fmt: skip
BLOG_BODY = stream(
    "heading", "paragraph", "image", "gallery", "video", "audio", "quote", "portrait", "accordion", "callout",
    "references", "page_list", "checklist", "discussion_questions", "local_example", "embed",
    page_cards=[METHOD_CARD, BOOK_CARD],
)  # fmt: skip
# A guest writes with these; the model refuses the others.
GUEST_BODY = ("heading", "paragraph", "image", "quote", "callout", "references")


def line(label, description):
    return blocks.CharBlock(
        max_length=255,
        label=label,
        description=description,
        icon="list-ul",
        template="blocks/line.html",
        preview_value="En tanke att ta med.",
    )
