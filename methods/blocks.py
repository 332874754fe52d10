"""What a method is made of, beside the shared blocks."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from core.blocks import LINKS, PLAIN_RICH_TEXT, PageCardBlock, RoleItemBlock, SourceBlock, stream
from core.choosers import DocumentChooserBlock


class MethodStepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Step"), max_length=120)
    minutes = blocks.IntegerBlock(label=_("Minutes"), required=False, min_value=1, max_value=600)
    description = blocks.RichTextBlock(label=_("What happens"), features=[*PLAIN_RICH_TEXT, "ol", "ul"])
    tip = blocks.CharBlock(label=_("Tip"), required=False, max_length=255)

    class Meta:
        icon = "list-ol"
        label = _("Step")
        description = _("One step of a meeting.")
        template = "blocks/method_step.html"
        preview_value = {"title": "Incheckning", "minutes": 10, "description": "<p>En runda.</p>", "tip": "Håll tiden."}


class MaterialBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Material"), max_length=160)
    document = DocumentChooserBlock(label=_("Document"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Material")
        description = _("Something the group needs.")
        template = "blocks/material.html"
        preview_value = {"text": "Klocka och papper"}


def line(label, description):
    """A one-line block, for lists of short sentences."""
    return blocks.CharBlock(
        max_length=255,
        label=label,
        description=description,
        icon="list-ul",
        template="blocks/line.html",
        preview_value="Ett fokus i taget.",
    )


METHOD_BODY = stream(
    "heading", "paragraph", "image", "gallery", "video", "audio", "quote", "steps", "agenda", "checklist", "accordion",
    "table", "callout", "references", "handout", "page_list", "contact", "cta", "embed", "figure", "local_example",
    "evidence", "roles", "discussion_questions",
    page_cards=[
        ("book_card", PageCardBlock("articles.BookTipPage", label=_("Book tip"), description=_("A card for one of our book tips."), group=LINKS)),
        ("method_card", PageCardBlock("methods.MethodPage", label=_("Method"), description=_("A card for one of our methods."), group=LINKS)),
    ],
)  # fmt: skip
STEPS = [("step", MethodStepBlock())]
ROLES = [
    (
        "role",
        RoleItemBlock(
            template="blocks/role.html",
            description=_("A role and its task."),
            preview_value={"name": "Samtalsledare", "task": "Fördelar ordet."},
        ),
    )
]
MATERIALS = [("material", MaterialBlock())]
SOURCES = [
    (
        "source",
        SourceBlock(
            template="blocks/source.html",
            description=_("Where it says so."),
            preview_value={"title": "Skolverket", "url": "https://www.skolverket.se"},
        ),
    )
]
