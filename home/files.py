"""Pictures and documents for those who may have them. What only a draft shows is not found."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views import static
from django.views.decorators.http import require_safe
from wagtail.documents.views import serve as documents

from core.models import CustomDocument, CustomImage
from core.models.media import CustomRendition
from core.usage import is_public_file, lets_in, stands_before, works_with

MONTH = 30 * 24 * 3600  # seconds


def unkept(response):
    """Marks a response as meant for one reader."""
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def picture(request, path: str):
    """A picture, where files lie on this machine."""
    rendition = CustomRendition.objects.filter(file=path).select_related("image__collection").first()
    image = rendition.image if rendition else CustomImage.objects.filter(file=path).select_related("collection").first()
    if image is None:
        raise Http404
    public = is_public_file(image)
    if not (
        public
        or works_with(request.user, image)
        or (lets_in(image.collection, request) and stands_before(request, image))
    ):
        raise Http404
    response = static.serve(request, path, document_root=settings.MEDIA_ROOT)
    if not public:
        return unkept(response)
    patch_cache_control(response, public=True, max_age=MONTH)
    return response


@require_safe
def avatar(request, path: str):
    """The picture on someone's account, for those who work in the newsroom."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    return unkept(static.serve(request, path, document_root=settings.MEDIA_ROOT))


@require_safe
def document(request, key: str, filename: str):
    """A document. Wagtail asks for the login or the password that its collection takes."""
    found = get_object_or_404(CustomDocument.objects.select_related("collection"), pk=key)
    if is_public_file(found):
        return documents.serve(request, key, filename)
    if not (works_with(request.user, found) or stands_before(request, found)):
        raise Http404
    return unkept(documents.serve(request, key, filename))


def document_password(request, restriction_id: int):
    return unkept(documents.authenticate_with_password(request, restriction_id))
