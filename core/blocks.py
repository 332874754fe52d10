"""The blocks that pages are laid out with. Page types choose from them; none of them names a page type.

A block is drawn by `templates/blocks/<name>.html`, where the name is the one it has in its stream. Every block says what
it is for (`description`) and shows itself (`preview_value`): the block picker is the editor's manual.
"""

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.coreutils import resolve_model_string
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from core.choosers import DocumentChooserBlock, ImageChooserBlock, PageChooserBlock, SnippetChooserBlock
from core.embeds import player

RICH_TEXT = ["bold", "italic", "link", "document-link", "ol", "ul", "language"]
PLAIN_RICH_TEXT = ["bold", "italic", "link", "language"]
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
EVIDENCE_TYPES = [
    ("systematic_review", _("systematic review")),
    ("single_studies", _("single studies")),
    ("practice_research", _("practice-based research")),
    ("proven_experience", _("proven experience")),
    ("local_example", _("local example")),
]
EVIDENCE_STRENGTHS = [
    (0, _("0 – not assessed")),
    (1, _("1 – limited support")),
    (2, _("2 – some support")),
    (3, _("3 – good support")),
    (4, _("4 – strong support")),
]


def missing(**fields):
    """The error for fields of a struct that lack something; the messages say what to do."""
    return StructBlockValidationError(block_errors={name: ValidationError(text) for name, text in fields.items()})


class Named:
    """Draws a block with the template of its own name."""

    def get_template(self, value=None, context=None):
        return getattr(self.meta, "template", None) or f"blocks/{self.name}.html"


class StructBlock(Named, blocks.StructBlock):
    def shortcomings(self, value) -> dict:
        """What publication demands of a value beside what its fields require: `{field: message}`.

        `value` may be the stored form, in which what is chosen is a key.
        """
        return {}

    def clean(self, value):
        value = super().clean(value)
        if not self.is_deferred_validation and (found := self.shortcomings(value)):
            raise missing(**found)
        return value


class RichTextBlock(Named, blocks.RichTextBlock):
    pass


class ContentImageBlock(ImageBlock):
    """Wagtail's image block: an alt text or "decorative" is demanded before publication."""

    def __init__(self, required=True, **kwargs):
        super().__init__(required=required, **kwargs)
        chooser = ImageChooserBlock(required=required)
        chooser.set_name("image")
        self.child_blocks["image"] = chooser

    class Meta:
        icon = "image"
        label = _("Image")


class HeadingValue(blocks.StructValue):
    @property
    def anchor(self) -> str:
        return slugify(self.get("text", ""))


class HeadingBlock(StructBlock):
    text = blocks.CharBlock(label=_("Heading"), max_length=120)
    level = blocks.ChoiceBlock(
        search_index=False,
        label=_("Level"),
        default="h2",
        choices=[("h2", _("Heading 2")), ("h3", _("Heading 3")), ("h4", _("Heading 4"))],
    )

    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("Divides a long text. Take the levels in order: never jump from 2 to 4.")
        value_class = HeadingValue
        form_layout = ["text", "level"]
        preview_value = {"text": "Så kommer ni i gång", "level": "h2"}


class ParagraphBlock(RichTextBlock):
    def __init__(self, **kwargs):
        super().__init__(**{"features": RICH_TEXT, **kwargs})

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Running text with links, lists and emphasis. Mark words in another language.")
        preview_value = "<p>Börja med en fråga som gruppen äger. Den behöver inte vara stor, men den ska <b>kännas angelägen</b>.</p>"


class FigureImageBlock(StructBlock):
    image = ContentImageBlock()
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=255)
    credit = blocks.CharBlock(label=_("Credit"), required=False, max_length=120)
    ai_generated = blocks.BooleanBlock(label=_("AI-generated image"), required=False)

    class Meta:
        icon = "image"
        label = _("Image")
        description = _("One picture with caption and credit.")
        preview_value = {"image": None, "caption": "Lärteamet ritar sin plan.", "credit": "Pedagog Vätterlunda"}


class GalleryImageBlock(StructBlock):
    image = ContentImageBlock()
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=255)
    credit = blocks.CharBlock(label=_("Credit"), required=False, max_length=120)

    class Meta:
        icon = "image"
        label = _("Image")


class GalleryBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    images = blocks.ListBlock(GalleryImageBlock(), label=_("Images"), min_num=2, max_num=12)

    class Meta:
        icon = "image"
        label = _("Gallery")
        description = _("Two to twelve pictures that belong together.")
        preview_value = {
            "title": "Från studiedagen",
            "images": [{"image": None, "caption": "Förmiddag"}, {"image": None, "caption": "Eftermiddag"}],
        }


class VideoBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    url = blocks.URLBlock(label=_("Address at YouTube, Vimeo or UR Play"), required=False)
    file = DocumentChooserBlock(label=_("Film file"), required=False)
    captions = DocumentChooserBlock(label=_("Captions (.vtt)"), required=False)
    captions_in_player = blocks.BooleanBlock(
        label=_("The film has captions in the player"), required=False, help_text=_("For films at another service.")
    )
    description = blocks.RichTextBlock(
        label=_("Description"), features=PLAIN_RICH_TEXT, help_text=_("What is seen, for those who do not see it.")
    )
    duration = blocks.CharBlock(label=_("Length"), required=False, max_length=10, help_text=_("For example 3:20."))

    def shortcomings(self, value) -> dict:
        if bool(value.get("url")) == bool(value.get("file")):
            return {"url": _("Give either an address or a file.")}
        if value.get("url") and not player(value["url"]):
            return {
                "url": _("Films from this address cannot be shown. Use YouTube, Vimeo or UR Play, or upload the file.")
            }
        if value.get("url") and not value.get("captions_in_player"):
            return {"captions_in_player": _("A film must have captions. Check that it has, then tick the box.")}
        if value.get("file") and not value.get("captions"):
            return {"captions": _("A film must have captions. Upload them as a .vtt file.")}
        return {}

    def clean(self, value):
        value = super().clean(value)
        if value.get("captions") and value["captions"].file_extension != "vtt":
            raise missing(captions=_("The captions must be a .vtt file."))
        return value

    class Meta:
        icon = "media"
        label = _("Film")
        description = _("A film that loads when the reader asks for it. Captions and a description are required.")
        preview_value = {
            "title": "Så går ett lärteam till",
            "url": "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
            "captions_in_player": True,
            "description": "<p>Fyra kollegor runt ett bord.</p>",
            "duration": "3:20",
        }


class AudioBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    file = DocumentChooserBlock(label=_("Sound file"))
    transcript = blocks.RichTextBlock(
        label=_("Transcript"), features=PLAIN_RICH_TEXT, help_text=_("Everything that is said.")
    )
    duration = blocks.CharBlock(label=_("Length"), required=False, max_length=10)

    def clean(self, value):
        value = super().clean(value)
        if value.get("file") and value["file"].file_extension not in ("mp3", "ogg", "m4a"):
            raise missing(file=_("The sound must be an .mp3, .ogg or .m4a file."))
        return value

    class Meta:
        icon = "media"
        label = _("Sound")
        description = _("A recording with its transcript, which is required.")
        preview_value = {"title": "Välkommen till ronden", "transcript": "<p>Välkommen in.</p>", "duration": "0:20"}


class QuoteBlock(StructBlock):
    text = blocks.TextBlock(label=_("Quote"))
    name = blocks.CharBlock(label=_("Who says it"), required=False, max_length=120)
    role = blocks.CharBlock(label=_("Role"), required=False, max_length=120)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        description = _("Something a person said, with name and role.")
        preview_value = {"text": "Det svåra var att våga vänta.", "name": "Samira Haddad", "role": "speciallärare"}


class QuestionAnswerBlock(StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=255)
    answer = blocks.RichTextBlock(label=_("Answer"), features=PLAIN_RICH_TEXT)

    class Meta:
        icon = "help"
        label = _("Question and answer")


class PortraitBlock(StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=120)
    role = blocks.CharBlock(label=_("Role"), required=False, max_length=120)
    image = ContentImageBlock(required=False)
    pairs = blocks.ListBlock(QuestionAnswerBlock(), label=_("Questions and answers"), min_num=1)

    class Meta:
        icon = "user"
        label = _("Question-and-answer portrait")
        description = _("A short interview with one person.")
        preview_value = {
            "name": "Jonas Ek",
            "role": "fritidslärare",
            "image": None,
            "pairs": [{"question": "Vad gör ni i dag?", "answer": "<p>Vi bygger koja.</p>"}],
        }


class StepItemBlock(StructBlock):
    title = blocks.CharBlock(label=_("Step"), max_length=120)
    minutes = blocks.IntegerBlock(label=_("Minutes"), required=False, min_value=1, max_value=600)
    text = blocks.RichTextBlock(label=_("Text"), features=PLAIN_RICH_TEXT, required=False)

    class Meta:
        icon = "list-ol"
        label = _("Step")


class StepsBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    items = blocks.ListBlock(StepItemBlock(), label=_("Steps"), min_num=1)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        description = _("Numbered steps, with minutes where time matters.")
        preview_value = {
            "title": "Gör så här",
            "items": [{"title": "Samlas", "minutes": 5, "text": "<p>Runt bordet.</p>"}],
        }


class RoleItemBlock(StructBlock):
    name = blocks.CharBlock(label=_("Role"), max_length=80)
    task = blocks.CharBlock(label=_("Task"), max_length=255)

    class Meta:
        icon = "group"
        label = _("Role")


class RolesBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    items = blocks.ListBlock(RoleItemBlock(), label=_("Roles"), min_num=1)

    class Meta:
        icon = "group"
        label = _("Roles")
        description = _("Who does what.")
        preview_value = {"items": [{"name": "Samtalsledare", "task": "Fördelar ordet."}]}


class AgendaItemBlock(StructBlock):
    minutes = blocks.IntegerBlock(label=_("Minutes"), min_value=1, max_value=600)
    title = blocks.CharBlock(label=_("Item"), max_length=120)
    text = blocks.CharBlock(label=_("What happens"), required=False, max_length=255)

    class Meta:
        icon = "time"
        label = _("Item")


class AgendaValue(blocks.StructValue):
    @property
    def total(self) -> int:
        """The meeting's length in minutes."""
        return sum(item["minutes"] or 0 for item in self.get("items") or [])


class AgendaBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    items = blocks.ListBlock(AgendaItemBlock(), label=_("Items"), min_num=1)

    class Meta:
        icon = "time"
        label = _("Agenda")
        description = _("A meeting's items with their minutes.")
        value_class = AgendaValue
        preview_value = {
            "title": "Första träffen",
            "items": [{"minutes": 10, "title": "Incheckning", "text": "En runda."}],
        }


class ItemListBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    items = blocks.ListBlock(blocks.CharBlock(max_length=255, label=_("Item")), label=_("Items"), min_num=1)


class ChecklistBlock(ItemListBlock):
    class Meta:
        icon = "tasks"
        label = _("Checklist")
        description = _("Things to tick off, on screen or on paper.")
        preview_value = {"title": "Före träffen", "items": ["Boka rummet", "Skriv ut mallen"]}


class DiscussionQuestionsBlock(ItemListBlock):
    class Meta:
        icon = "help"
        label = _("Discussion questions")
        description = _("Questions for a working team to talk about.")
        preview_value = {"title": "Att prata om", "items": ["Vad tar vi med oss?", "Vad prövar vi först?"]}


class AccordionItemBlock(StructBlock):
    title = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT)

    class Meta:
        icon = "collapse-down"
        label = _("Section")


class AccordionBlock(StructBlock):
    items = blocks.ListBlock(AccordionItemBlock(), label=_("Sections"), min_num=1)

    class Meta:
        icon = "collapse-down"
        label = _("Accordion")
        description = _("Sections that open. For questions and answers, not for what everybody must read.")
        preview_value = {"items": [{"title": "Hur ofta ska vi ses?", "text": "<p>Var sjätte vecka räcker långt.</p>"}]}


class TableBlock(StructBlock):
    caption = blocks.CharBlock(label=_("Caption"), max_length=255, help_text=_("Says what the table shows."))
    row_headers = blocks.BooleanBlock(label=_("The first column is a heading"), required=False)
    table = TypedTableBlock(
        [
            ("text", blocks.CharBlock(label=_("Text"), required=False)),
            ("number", blocks.FloatBlock(label=_("Number"), required=False)),
            ("rich_text", blocks.RichTextBlock(label=_("Text with links"), features=PLAIN_RICH_TEXT, required=False)),
        ],
        label=_("Table"),
    )

    def shortcomings(self, value) -> dict:
        table = value.get("table") or {}
        columns = table.get("columns", []) if isinstance(table, dict) else table.columns
        if columns and all(column["heading"] for column in columns):
            return {}
        return {"table": _("Give every column a heading, so that the table can be read aloud.")}

    class Meta:
        icon = "table"
        label = _("Table")
        description = _("Rows and columns with a caption and headings.")
        preview_value = {
            "caption": "Tid per moment",
            "row_headers": True,
            "table": {
                "columns": [{"type": "text", "heading": "Moment"}, {"type": "number", "heading": "Minuter"}],
                "rows": [{"values": ["Incheckning", 10]}],
                "caption": "",
            },
        }

    def get_preview_value(self):
        return self.to_python(self.meta.preview_value)


class CalloutBlock(StructBlock):
    kind = blocks.ChoiceBlock(
        search_index=False,
        label=_("Kind"),
        default="info",
        choices=[("info", _("Information")), ("tip", _("Tip")), ("warning", _("Mind this"))],
    )
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT)

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        description = _("A box for what must not be missed. One on a page is plenty.")
        preview_value = {"kind": "tip", "title": "Börja litet", "text": "<p>En klass, en lektion, en fråga.</p>"}


class SourceBlock(StructBlock):
    title = blocks.CharBlock(label=_("Source"), max_length=255)
    url = blocks.URLBlock(label=_("Address"), required=False)

    class Meta:
        icon = "link"
        label = _("Source")
        description = _("A title with an address elsewhere.")
        preview_value = {"title": "Skolverket", "url": "https://www.skolverket.se"}


class EvidenceBlock(StructBlock):
    types = blocks.MultipleChoiceBlock(
        search_index=False, label=_("Kinds of evidence"), choices=EVIDENCE_TYPES, required=False
    )
    strength = blocks.ChoiceBlock(
        search_index=False,
        label=_("Strength"),
        default="0",
        choices=[(str(value), label) for value, label in EVIDENCE_STRENGTHS],
    )
    rationale = blocks.TextBlock(label=_("Why this assessment"))
    sources = blocks.ListBlock(SourceBlock(), label=_("Sources"), min_num=0, default=[])

    def shortcomings(self, value) -> dict:
        if int(value.get("strength") or 0) > 0 and not len(value.get("sources") or ()):
            return {"sources": _("An assessment above 0 needs at least one source.")}
        return {}

    class Meta:
        icon = "doc-full"
        label = _("Evidence")
        description = _("What is known, how surely, and from where.")
        preview_value = {
            "types": ["single_studies"],
            "strength": "1",
            "rationale": "Få studier, men de pekar åt samma håll.",
            "sources": [{"title": "Skolforskningsinstitutet", "url": "https://www.skolfi.se"}],
        }


class ReferenceItemBlock(StructBlock):
    text = blocks.CharBlock(label=_("Reference"), max_length=400)
    url = blocks.URLBlock(label=_("Address"), required=False)

    class Meta:
        icon = "link"
        label = _("Reference")


class ReferencesBlock(StructBlock):
    items = blocks.ListBlock(ReferenceItemBlock(), label=_("References"), min_num=1)

    class Meta:
        icon = "list-ul"
        label = _("References")
        description = _("What the text builds on.")
        preview_value = {
            "items": [{"text": "Skolverket, stödmaterial om kollegialt lärande", "url": "https://www.skolverket.se"}]
        }


class HandoutBlock(StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    description = blocks.CharBlock(label=_("Description"), required=False, max_length=255)
    language = blocks.ChoiceBlock(search_index=False, label=_("Language"), choices=LANGUAGES, default="sv")

    class Meta:
        icon = "download"
        label = _("Handout")
        description = _("A file to take along. Format and size are shown by themselves.")
        preview_value = {"title": "Mötesmall", "description": "En sida att skriva ut.", "language": "sv"}


class PageCardBlock(StructBlock):
    """A card for one page of a kind. `page_type` is the page's model as a string, since a block knows none."""

    comment = blocks.CharBlock(label=_("Comment"), required=False, max_length=255)

    def __init__(self, page_type="wagtailcore.Page", **kwargs):
        super().__init__([("page", PageChooserBlock(page_type, label=_("Page")))], **kwargs)
        self.page_type = page_type

    def get_preview_value(self):
        page = next(iter(example_pages(self.page_type, 1)), None)
        return self.normalize({"page": page, "comment": "Ett bra första steg."})

    class Meta:
        icon = "doc-empty-inverse"
        preview_value = {"page": None, "comment": "Ett bra första steg."}


def example_pages(page_type: str, number: int) -> list:
    """The newest public pages of a type, for a block that shows itself with real ones."""
    from core.querysets import findable_pages  # models cannot be imported while blocks are defined

    model = resolve_model_string(page_type)
    pages = (
        findable_pages().filter(depth__gt=3).exact_type(model)
        if model is not Page
        else findable_pages().filter(depth__gt=3)
    )
    return list(pages.order_by("-first_published_at")[:number])


class PageListBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    pages = blocks.ListBlock(PageChooserBlock(label=_("Page")), label=_("Pages"), min_num=1)

    class Meta:
        icon = "list-ul"
        label = _("List of pages")
        description = _("Pages on this site, as cards. Only public ones are shown.")
        preview_value = {"title": "Läs vidare", "pages": []}

    def get_preview_value(self):
        return self.normalize({"title": "Läs vidare", "pages": example_pages("wagtailcore.Page", 3)})


class ContactBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    person = SnippetChooserBlock("core.Person", label=_("Person"))
    text = blocks.CharBlock(label=_("Text"), required=False, max_length=255)

    class Meta:
        icon = "mail"
        label = _("Contact")
        description = _("Whom to ask.")
        preview_value = {"title": "Frågor?", "person": None, "text": "Hör av dig till oss."}


class CallToActionBlock(StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.CharBlock(label=_("Text"), required=False, max_length=255)
    label = blocks.CharBlock(label=_("Text of the link"), max_length=80)
    page = PageChooserBlock(label=_("Page"), required=False)
    url = blocks.URLBlock(label=_("Address elsewhere"), required=False)

    def shortcomings(self, value) -> dict:
        if bool(value.get("page")) == bool(value.get("url")):
            return {"page": _("Choose either a page or an address elsewhere.")}
        return {}

    class Meta:
        icon = "bullhorn"
        label = _("Call to action")
        description = _("One thing that the reader can do now.")
        preview_value = {
            "title": "Starta en grupp",
            "text": "Vi hjälper till.",
            "label": "Anmäl er",
            "url": "https://vatterlunda.example",
        }


class EmbedContentBlock(StructBlock):
    url = blocks.URLBlock(label=_("Address"))
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    description = blocks.CharBlock(label=_("Description"), required=False, max_length=255)

    def clean(self, value):
        value = super().clean(value)
        if value.get("url") and not player(value["url"]):
            raise missing(
                url=_(
                    "Content from this address cannot be embedded. Allowed: YouTube, Vimeo and UR Play. Otherwise, link to it."
                )
            )
        return value

    class Meta:
        icon = "media"
        label = _("Embedded content")
        description = _("Something from YouTube, Vimeo or UR Play. Nothing is fetched until the reader clicks.")
        preview_value = {"url": "https://vimeo.com/1084537", "title": "En kort film", "description": ""}


class FigureInNumbersBlock(StructBlock):
    value = blocks.CharBlock(label=_("Figure"), max_length=30)
    label = blocks.CharBlock(label=_("What it says"), max_length=160)
    source = blocks.CharBlock(label=_("Source"), max_length=160)
    source_url = blocks.URLBlock(label=_("The source's address"), required=False)

    class Meta:
        icon = "order"
        label = _("Figure in numbers")
        description = _("One number that says something, with its source.")
        preview_value = {"value": "7 av 10", "label": "lag höll fast vid sin mötestid", "source": "Egen enkät 2026"}


class LocalExampleBlock(StructBlock):
    school = blocks.CharBlock(label=_("School"), max_length=120)
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=PLAIN_RICH_TEXT)
    page = PageChooserBlock(label=_("Read more"), required=False)

    class Meta:
        icon = "site"
        label = _("Local example")
        description = _("How a school here did it.")
        preview_value = {
            "school": "Lindängsskolan",
            "title": "Två lektioner i veckan",
            "text": "<p>Arbetslaget bytte klassrum.</p>",
        }


def stream(*names, page_cards=()):
    """Child blocks for a page type's stream.

    Takes the names of shared blocks, and as `page_cards` pairs of a name ("book_card") and a `PageCardBlock`. Returns
    `(name, block)` pairs in that order, grouped for the block picker.
    """
    return [(name, SHARED_BLOCKS[name](group=GROUPS[name])) for name in names] + list(page_cards)


TEXT, MEDIA, MEETING, FACTS, LINKS = (
    _("Text"),
    _("Pictures, film and sound"),
    _("For the meeting"),
    _("Facts"),
    _("Lead on"),
)

_CATALOGUE = [
    ("heading", HeadingBlock, TEXT),
    ("paragraph", ParagraphBlock, TEXT),
    ("quote", QuoteBlock, TEXT),
    ("portrait", PortraitBlock, TEXT),
    ("callout", CalloutBlock, TEXT),
    ("accordion", AccordionBlock, TEXT),
    ("image", FigureImageBlock, MEDIA),
    ("gallery", GalleryBlock, MEDIA),
    ("video", VideoBlock, MEDIA),
    ("audio", AudioBlock, MEDIA),
    ("embed", EmbedContentBlock, MEDIA),
    ("steps", StepsBlock, MEETING),
    ("roles", RolesBlock, MEETING),
    ("agenda", AgendaBlock, MEETING),
    ("checklist", ChecklistBlock, MEETING),
    ("discussion_questions", DiscussionQuestionsBlock, MEETING),
    ("handout", HandoutBlock, MEETING),
    ("table", TableBlock, FACTS),
    ("figure", FigureInNumbersBlock, FACTS),
    ("evidence", EvidenceBlock, FACTS),
    ("references", ReferencesBlock, FACTS),
    ("local_example", LocalExampleBlock, FACTS),
    ("page_list", PageListBlock, LINKS),
    ("contact", ContactBlock, LINKS),
    ("cta", CallToActionBlock, LINKS),
]
SHARED_BLOCKS = {name: block for name, block, _group in _CATALOGUE}
GROUPS = {name: group for name, _block, group in _CATALOGUE}

PLAIN_PAGE = (
    "heading", "paragraph", "image", "quote", "accordion", "table", "callout",
    "page_list", "contact", "cta", "figure", "handout", "checklist", "references",
)  # fmt: skip
