"""Atom feeds: everything, and one for each of news, blog and book tips, in both languages. The 50 newest, in full."""

from django.contrib.syndication.views import Feed
from django.db.models import F
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from core import kinds
from core.addresses import absolute, url_of
from core.cards import specific_of, specific_pages
from core.prefetch import stocked
from core.visibility import public_q
from home.models import SiteSettings

ENTRIES = 50
# Feed names stand in addresses that readers' programs keep; kinds may be renamed.
FEEDS = {
    "all": ("method", "news", "book_tip", "blog_post"),
    "news": ("news",),
    "blog": ("blog_post",),
    "books": ("book_tip",),
}


class ContentFeed(Feed):
    feed_type = Atom1Feed

    def __init__(self, name: str, language: str, request):
        self.name, self.language, self.request = name, language, request
        self.kinds = [kinds.get(code) for code in FEEDS[name]]

    def title(self):
        site_name = SiteSettings.load(request_or_site=self.request).site_name
        return site_name if self.name == "all" else f"{site_name}: {self.kinds[0].plural}"

    def subtitle(self):
        return _("The newest pages, in full.")

    def link(self):
        return "/" if self.language == "sv" else "/en/"

    def feed_url(self):
        return absolute(self.request, reverse(f"feed_{self.language}", args=[self.name]))

    @cached_property
    def entries(self) -> list[tuple]:
        """`(base page, kind, specific page)` of the newest."""
        ids = [
            pk
            for kind in self.kinds
            for pk in kind.model.objects.published()
            .findable()
            .filter(locale__language_code=self.language)
            .newest()
            .values_list("pk", flat=True)[:ENTRIES]
        ]
        pages = specific_pages(Page.objects.filter(public_q(), pk__in=ids), with_text=True)
        newest = pages.order_by(F("first_published_at").desc(nulls_last=True), "-pk")[:ENTRIES]
        return [(page, *specific_of(page)) for page in newest]

    def items(self):
        return self.entries

    def item_title(self, item):
        return item[2].title

    def item_link(self, item):
        return absolute(self.request, url_of(item[2], self.request))

    def item_guid(self, item):
        return f"urn:uuid:{item[2].translation_key}:{self.language}"

    def item_description(self, item):
        _page, _kind, page = item
        return render_to_string("home/feed_entry.html", {"page": page, "request": self.request})

    def item_author_name(self, item):
        return item[0].first_byline or SiteSettings.load(request_or_site=self.request).site_name

    def item_pubdate(self, item):
        return item[2].first_published_at

    def item_updateddate(self, item):
        return item[2].last_published_at

    def item_categories(self, item):
        return [str(item[1].label)]


@require_safe
def feed(request, name: str, language: str):
    if name not in FEEDS:
        raise Http404
    with translation.override(language):
        answer = ContentFeed(name, language, request)
        with stocked(*(page for _base, _kind, page in answer.entries)):
            return answer(request)
