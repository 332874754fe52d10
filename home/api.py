"""Wagtail's read API, with one change: it knows what is public. Only pages have an endpoint.

Images and documents have none: Wagtail's would list what only a draft uses.
"""

from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from core.querysets import findable_pages


class PublicPagesAPIViewSet(PagesAPIViewSet):
    def get_base_queryset(self):
        return findable_pages()


router = WagtailAPIRouter("wagtailapi")
router.register_endpoint("pages", PublicPagesAPIViewSet)
