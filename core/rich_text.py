"""Words in another language: the editor marks them, the page says `<span lang="en">`, a screen reader pronounces them right.

The mark is an inline style of the editor, one for each language, so it needs no script of its own.
"""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text.converters.html_to_contentstate import InlineStyleElementHandler
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea
from wagtail.admin.rich_text.editors.draftail.features import InlineStyleFeature
from wagtail_localize import strings

from core.models.revisions import canonical

FEATURE = "language"
# With a button each. The site's two languages are what nearly all marks are about.
OFFERED = {"en": ("EN", _("Words in English")), "sv": ("SV", _("Words in Swedish"))}
# Kept when they come with an import or a translation, without a button: languages that our schools teach or speak.
KEPT = (
    "ar", "bs", "da", "de", "es", "fa", "fi", "fit", "fr", "is", "it", "ja", "ku", "la", "lt", "nb", "nl", "no", "pl", "prs", "ps",
    "pt", "rmf", "ro", "ru", "se", "sma", "smj", "so", "sq", "sr", "ta", "th", "ti", "tr", "uk", "ur", "vi", "yi", "zh",
)  # fmt: skip
LANGUAGES = (*OFFERED, *KEPT)


class RichTextArea(DraftailRichTextArea):
    """Wagtail's editor, which sends an empty text as nothing or as an empty paragraph, as it happens. Here it is nothing."""

    def value_from_datadict(self, data, files, name):
        text = super().value_from_datadict(data, files, name)
        return text if canonical(text) else ""


def style_of(language: str) -> str:
    return f"LANGUAGE-{language.upper()}"


def known(language: str) -> str | None:
    """`language` if it is one that can be marked, `en` for `en-GB`, else None."""
    code = language.lower()
    return next((found for found in (code, code.split("-")[0]) if found in LANGUAGES), None)


class LanguageHandler(InlineStyleElementHandler):
    """Reads `<span lang="…">` from a stored text. The words inside stay even if the language is unknown."""

    def __init__(self):
        super().__init__(style=None)

    def handle_starttag(self, name, attrs, state, contentstate):
        language = known(dict(attrs).get("lang") or "")
        self.style = style_of(language) if language else "UNKNOWN-LANGUAGE"
        super().handle_starttag(name, attrs, state, contentstate)

    def handle_endtag(self, name, state, contentstate):
        self.style = state.current_inline_styles[-1].style  # one handler reads marks inside marks
        super().handle_endtag(name, state, contentstate)


def let_translations_keep_marks() -> None:
    """Tells wagtail-localize that a span is part of its sentence; it would cut the sentence in three there.

    It has no setting for that. It keeps the attributes of a tag aside and numbers the tag, but only links may be numbered.
    """
    if "span" in strings.INLINE_TAGS:
        return
    strings.INLINE_TAGS.append("span")
    validate = strings.validate_element

    def validate_with_marks(element):
        if getattr(element, "name", None) == "span" and set(element.attrs) == {"id"}:
            for child in element.children:
                validate_with_marks(child)
        else:
            validate(element)  # asks for its children by the name that is set below

    strings.validate_element = validate_with_marks


def register(features) -> None:
    """Enters the feature `language` with Wagtail. One button for each offered language comes with it."""
    features.register_editor_plugin("draftail", FEATURE, LanguageFeature())
    features.register_converter_rule(
        "contentstate",
        FEATURE,
        {
            "from_database_format": {"span[lang]": LanguageHandler()},
            "to_database_format": {
                "style_map": {style_of(code): {"element": "span", "props": {"lang": code}} for code in LANGUAGES}
            },
        },
    )


class LanguageFeature(InlineStyleFeature):
    """The inline styles of all languages; those that are only kept have neither label nor button."""

    def __init__(self):
        super().__init__({})

    def construct_options(self, options):
        styles = options.setdefault(self.option_name, [])
        look = {"borderBottom": "2px dotted currentColor"}
        for code in LANGUAGES:
            style = {"type": style_of(code), "style": look}
            if code in OFFERED:
                label, description = OFFERED[code]
                style |= {"label": label, "description": description}
            styles.append(style)
