from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Now
from wagtail.models import Page, PageManager, get_page_models
from wagtail.query import PageQuerySet

from core.visibility import public_q


class ContentQuerySet(PageQuerySet):
    """Sentences about pages: `NewsPage.objects.published().about(theme).newest()`."""

    def published(self):
        """Pages that everyone may read, now."""
        return self.filter(public_q())

    def in_locale(self, locale):
        return self.filter(locale=locale)

    def originals(self):
        """Without aliases, which show the text of another page under a second address."""
        return self.filter(alias_of__isnull=True)

    def findable(self):
        """Pages that lists, feeds, search and the sitemap may name: no aliases, nothing marked noindex."""
        return self.originals().filter(noindex=False)

    def about(self, *themes):
        """Pages on any of the themes, each once."""
        return self.filter(
            pk__in=self.model.themes.through.objects.filter(theme__in=themes).values(
                f"{self.model._meta.model_name}_id"
            )
        )

    def newest(self):
        """By first publication, newest first; a total order."""
        return self.order_by(F("first_published_at").desc(nulls_last=True), "-pk")

    def pinned_first(self, *ordering):
        """Pinned pages on top without touching their date; inside each half in `ordering`."""
        return self.annotate(
            is_pinned=Case(
                When(Q(stewardship__pinned_until__gt=Now()), then=Value(1)),
                default=Value(0),
                output_field=IntegerField(),
            )
        ).order_by("-is_pinned", *ordering)


ContentManager = PageManager.from_queryset(ContentQuerySet)


def findable_pages():
    """Pages of every type that lists, search engines and the API may name, as base pages."""
    hidden = Q()
    for model in get_page_models():
        if hasattr(model, "noindex"):
            hidden |= Q(pk__in=model.objects.filter(noindex=True).values("pk"))
    return Page.objects.filter(public_q(), depth__gt=1, alias_of__isnull=True).exclude(
        hidden
    )  # the root has no address
