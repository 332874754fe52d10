"""Wagtail's choosers, which take what they choose from the shelf while a page is drawn (`core.prefetch`)."""

from copy import copy

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.admin.widgets import AdminPageChooser
from wagtail.documents.blocks import DocumentChooserBlock as StockDocumentChooserBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock as StockImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock as StockSnippetChooserBlock

from core.prefetch import current_shelf
from core.visibility import is_public


class Shelved:
    """Mixed into a chooser. Without a shelf it is Wagtail's own."""

    def bulk_to_python(self, values):
        shelf, values = current_shelf(), list(values)
        if shelf is None:
            return super().bulk_to_python(values)
        if isinstance(self, blocks.PageChooserBlock):
            return [shelf.targets.get(value) for value in values]
        known = shelf.objects(self.model_class)
        found = [copy(known.get(value)) for value in values]  # a use of an image carries an alt text of its own
        if issubclass(self.model_class, get_image_model()):
            shelf.share_renditions(found)
        return found


class PageChooserBlock(Shelved, blocks.PageChooserBlock):
    pass


class PublicTitleChooser(AdminPageChooser):
    """Names a page only if everyone may read it: for forms whose readers need not work with the page."""

    def get_display_title(self, instance):
        if is_public(instance):
            return super().get_display_title(instance)
        return _("A page that is not public (number %(number)d)") % {"number": instance.pk}


class PublicTitlePageChooserBlock(blocks.PageChooserBlock):
    @cached_property
    def widget(self):
        return PublicTitleChooser(target_models=self.target_models, can_choose_root=self.can_choose_root)


class DocumentChooserBlock(Shelved, StockDocumentChooserBlock):
    pass


class SnippetChooserBlock(Shelved, StockSnippetChooserBlock):
    pass


class ImageChooserBlock(Shelved, StockImageChooserBlock):
    pass


# In migrations they are Wagtail's own: nothing that is stored differs.
DECONSTRUCT_ALIASES = {
    PageChooserBlock: "wagtail.blocks.PageChooserBlock",
    PublicTitlePageChooserBlock: "wagtail.blocks.PageChooserBlock",
    DocumentChooserBlock: "wagtail.documents.blocks.DocumentChooserBlock",
    SnippetChooserBlock: "wagtail.snippets.blocks.SnippetChooserBlock",
    ImageChooserBlock: "wagtail.images.blocks.ImageChooserBlock",
}
