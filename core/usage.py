"""Where people, pictures and documents stand, and whether readers may see them.

They have no state of their own: they are public where something public shows them. Wagtail's reference index says what
stands in the rows of pages, which hold what is published and never what a newer draft will say.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from wagtail.contrib.settings.models import BaseGenericSetting
from wagtail.models import CollectionViewRestriction, Page, ReferenceIndex
from wagtail.permissions import policy_registry

from core.models.people import Person
from core.visibility import is_open, public_q

SEES = ("add", "change", "delete", "choose")  # rights with which someone meets a file in the newsroom


def pages_with(thing):
    """The pages on which a person, picture or document stands, public or not."""
    references = ReferenceIndex.get_references_to(thing).filter(
        base_content_type=ContentType.objects.get_for_model(Page)
    )
    return Page.objects.filter(pk__in=[int(key) for key in references.values_list("object_id", flat=True)])


def shown(model):
    """The rows of a model that stand on a page that everyone may read now."""
    page = Page.objects.filter(public_q(), pk=Cast(OuterRef("object_id"), BigIntegerField()))
    references = ReferenceIndex.objects.filter(
        Exists(page),
        base_content_type=ContentType.objects.get_for_model(Page),
        to_content_type=ContentType.objects.get_for_model(model),
        to_object_id=Cast(OuterRef("pk"), CharField()),
    )
    return model.objects.filter(Exists(references))


def is_shown(thing) -> bool:
    """Whether everyone may see a picture, document or person: on a public page, in a portrait, or round every page."""
    if pages_with(thing).filter(public_q()).exists():
        return True
    for reference in ReferenceIndex.get_references_to(thing).select_related("base_content_type"):
        model = reference.base_content_type.model_class()
        if model and issubclass(model, BaseGenericSetting):
            return True
        if model is Person and shown(Person).filter(pk=reference.object_id).exists():
            return True
    return False


def in_open_collections(model):
    """The pictures or documents whose collection is open to everyone. Whether they are shown is another question."""
    closed = Q(pk__in=[])
    for path in CollectionViewRestriction.objects.values_list("collection__path", flat=True):
        closed |= Q(collection__path__startswith=path)
    return model.objects.exclude(closed)


def is_public_file(file) -> bool:
    """Whether everyone may have a picture or document: it is shown, and its collection is open."""
    return is_shown(file) and not file.collection.get_view_restrictions().exists()


def works_with(user, file) -> bool:
    """Whether someone meets this picture or document in the newsroom."""
    policy = policy_registry.get_by_type(type(file))
    return user.is_authenticated and policy.user_has_any_permission_for_instance(user, SEES, file)


def stands_before(request, file) -> bool:
    """Whether this reader may read something on which a picture or document stands."""
    return is_shown(file) or any(is_open(page) and lets_in(page, request) for page in pages_with(file))


def lets_in(place, request) -> bool:
    """Whether the restrictions of a page or a collection, and of what is above it, let this reader in."""
    return all(restriction.accept_request(request) for restriction in place.get_view_restrictions())
