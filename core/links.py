"""Links in rich text. A link to a page that not everyone may read keeps its words and leads nowhere."""

from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from wagtail.admin.rich_text.converters.html_to_contentstate import PageLinkElementHandler
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.models import Locale, Page
from wagtail.rich_text.pages import PageLinkHandler

from core.cards import targets_in_language
from core.prefetch import current_shelf
from core.visibility import public_q


def _key(attrs: dict) -> int | None:
    value = attrs.get("id", "")
    return int(value) if value.isascii() and value.isdigit() else None


class PublicPageLinkHandler(PageLinkHandler):
    """Leads to the page, or to its translation into the reader's language where there is one."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        shelf, keys = current_shelf(), [_key(attrs) for attrs in attrs_list]
        targets = shelf.targets if shelf else {}
        if unknown := {key for key in keys if key is not None and not (shelf and key in shelf.keys["page"])}:
            language = translation.get_language() or "sv"
            targets = targets | targets_in_language(unknown, Locale.objects.get_for_language(language).pk)
        return [f'<a href="{escape(targets[key].url)}">' if key in targets else "<a>" for key in keys]


class ShelvedDocumentLinkHandler(DocumentLinkHandler):
    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list:
        shelf, keys = current_shelf(), [_key(attrs) for attrs in attrs_list]
        known = shelf.objects(cls.get_model()) if shelf else {}
        if unknown := {
            key for key in keys if key is not None and not (shelf and key in shelf.keys[cls.get_model()._meta.label])
        }:
            known = known | cls.get_model().objects.in_bulk(unknown)
        return [known.get(key) for key in keys]


class DiscreetPageLinkHandler(PageLinkElementHandler):
    """In the editor, a link shows the address of a page that is public; of another only its number in the newsroom."""

    def get_attribute_data(self, attrs):
        data = super().get_attribute_data(attrs)
        if data["url"] and not Page.objects.filter(public_q(), pk=data["id"]).exists():
            data["url"] = reverse("wagtailadmin_pages:edit", args=[data["id"]])
        return data


def register(features) -> None:
    """Takes the place of Wagtail's own handlers, which link to drafts and ask the database for each text."""
    features.register_link_type(PublicPageLinkHandler)
    features.register_link_type(ShelvedDocumentLinkHandler)
    reading = features.converter_rules_by_converter["contentstate"]["link"]["from_database_format"]
    reading['a[linktype="page"]'] = DiscreetPageLinkHandler("LINK")
