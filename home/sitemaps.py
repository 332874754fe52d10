from django.contrib.sitemaps import Sitemap, views
from django.views.decorators.http import require_safe

from core.addresses import absolute, url_of
from core.querysets import findable_pages


class PublicPages(Sitemap):
    """Every page that everyone may read and that is not marked noindex."""

    limit = 10_000

    def __init__(self, request):
        self.request = request

    def items(self):
        return findable_pages().select_related("locale").order_by("path")

    def get_urls(self, page=1, site=None, protocol=None):
        return [
            {
                "item": item,
                "location": absolute(self.request, url_of(item, self.request)),
                "lastmod": item.last_published_at,
                "changefreq": None,
                "priority": "",
                "alternates": [],
            }
            for item in self.paginator.page(page).object_list
        ]


@require_safe
def sitemap(request):
    return views.sitemap(request, {"pages": PublicPages(request)})
