"""When the index has to change: what happens to a page, to those above it, and to what it names.

Each handler writes in the transaction in which the thing happens. What tells nobody, such as `QuerySet.update()` and the
clock, is found by comparison, see `index.heal()`.
"""

from django.db.models import Q
from django.db.models.signals import post_delete, post_save, pre_delete
from wagtail.documents.models import AbstractDocument
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from core import kinds
from core.models import Keyword, Person
from core.models.taxonomy import Term
from core.usage import pages_with
from core.visibility import window_changed
from search import index, labels, promotions, synonyms
from search.models import DocumentText, Promotion, SearchDocument, Synonym


def connect() -> None:
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move, window_changed):
        signal.connect(page_changed, dispatch_uid="search_page_changed")
    post_save.connect(page_saved, dispatch_uid="search_page_saved")
    post_delete.connect(page_deleted, dispatch_uid="search_page_deleted")
    pre_delete.connect(document_deleted, dispatch_uid="search_document_deleted")
    for signal in (post_save, post_delete):
        signal.connect(restriction_changed, sender=PageViewRestriction, dispatch_uid="search_restriction_changed")
        signal.connect(collection_changed, sender=CollectionViewRestriction, dispatch_uid="search_collection_changed")
        signal.connect(word_changed, dispatch_uid="search_word_changed")
        signal.connect(term_changed, dispatch_uid="search_term_changed")
        signal.connect(synonyms_changed, sender=Synonym, dispatch_uid="search_synonyms_changed")
        signal.connect(promotions_changed, sender=Promotion, dispatch_uid="search_promotions_changed")


def page_changed(instance, **kwargs) -> None:
    """A page went live or is no longer, or has moved: it, and all below it, are looked at anew."""
    below = Page.objects.filter(path__startswith=instance.path).exclude(pk=instance.pk)
    index.refresh([instance.pk, *below.values_list("pk", flat=True)])


def page_saved(sender, instance, created=False, **kwargs) -> None:
    """A page that is made live is in no other signal."""
    if created and issubclass(sender, Page) and instance.live and not kwargs.get("raw"):
        index.refresh([instance.pk])


def page_deleted(sender, instance, **kwargs) -> None:
    """Afterwards: before, Wagtail says of a page that it is no longer live while it still is."""
    if issubclass(sender, Page):
        index.remove([instance.pk])


def restriction_changed(instance, **kwargs) -> None:
    below = Page.objects.filter(path__startswith=instance.page.path)
    index.refresh(below.values_list("pk", flat=True))


def collection_changed(instance, **kwargs) -> None:
    """The files of a collection have been closed, or opened."""
    texts = DocumentText.objects.filter(document__collection__path__startswith=instance.collection.path)
    for text in texts.select_related("document"):
        index.refresh(pages_with(text.document).values_list("pk", flat=True))


def word_changed(sender, instance, created=False, **kwargs) -> None:
    """A theme, category, school form, keyword or person has another name: pages are found by it."""
    if not created and issubclass(sender, (Term, Keyword, Person)):
        index.refresh_naming(pages_naming(instance))


def term_changed(sender, **kwargs) -> None:
    if issubclass(sender, Term):
        labels.forget()


def pages_naming(thing) -> list[int]:
    """The indexed pages that name a term or a person: in a field, a byline or a block."""
    ids = set(pages_with(thing).values_list("pk", flat=True))
    for kind in kinds.every():
        for field in kind.model._meta.many_to_many:
            if isinstance(thing, field.related_model):
                ids |= set(kind.model.objects.filter(Q(**{field.name: thing.pk})).values_list("pk", flat=True))
    return list(SearchDocument.objects.filter(page_id__in=ids).values_list("page_id", flat=True))


def document_deleted(sender, instance, **kwargs) -> None:
    """Before it goes: afterwards nothing says on which pages it was."""
    if issubclass(sender, AbstractDocument):
        DocumentText.objects.filter(document=instance.pk).delete()
        index.refresh_naming(list(pages_with(instance).values_list("pk", flat=True)))


def synonyms_changed(**kwargs) -> None:
    synonyms.forget()


def promotions_changed(**kwargs) -> None:
    promotions.forget()
