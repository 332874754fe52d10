"""All pages that one page links to in its frame: menu, path, languages, themes. Fetched in one statement, public ones only."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.fields import BigIntegerField
from wagtail.models import Page

from core import kinds
from core.visibility import public_q


class References:
    """The public pages round `page`.

    `ids` are pages that are linked by number (the menu, links in a text), whose translations are wanted too; `themes`
    are terms whose hubs are linked; `landmarks` are page types of which every page links to the one in its language.
    """

    def __init__(self, page, ids: Iterable[int] = (), themes: Iterable = (), landmarks: Iterable[type] = ()):
        self.page = page
        ids, theme_ids, hub = list(ids), [theme.pk for theme in themes], kinds.get("theme")
        line = [page.path[:end] for end in range(2 * Page.steplen, len(page.path), Page.steplen)]
        asked = Page.objects.filter(pk__in=ids)
        # Each a look-up in an index; as one condition they would be a look at every page.
        wanted = [Page.objects.filter(path__in=line)]
        if page.translation_key:
            wanted.append(Page.objects.filter(translation_key=page.translation_key))
        if ids:
            wanted.append(Page.objects.filter(translation_key__in=asked.values("translation_key")))
        hub_theme = Value(None, output_field=BigIntegerField())
        if hub and theme_ids:
            field = f"{hub.model._meta.model_name}__theme_id"
            wanted.append(Page.objects.filter(**{f"{field}__in": theme_ids}))
            hub_theme = F(field)
        types = ContentType.objects.get_for_models(*landmarks)
        if types:
            wanted.append(Page.objects.filter(content_type__in=types.values()))
        first, *others = (pages.order_by().values("pk") for pages in wanted)
        origin = asked.filter(translation_key=OuterRef("translation_key")).values("pk")[:1]
        self.pages = list(
            Page.objects.filter(public_q(), pk__in=first.union(*others), alias_of__isnull=True)
            .select_related("locale")
            .annotate(asked_for=Subquery(origin), hub_theme=hub_theme)
            .order_by("path")
        )

    def ancestors(self) -> list[Page]:
        """From the start page down, without the page itself."""
        return [found for found in self.pages if self.page.path.startswith(found.path) and found.path != self.page.path]

    def translations(self) -> list[Page]:
        """The page in every language in which it is public, itself included."""
        return [found for found in self.pages if found.translation_key == self.page.translation_key]

    def _same_language(self) -> list[Page]:
        language = self.page.locale.language_code
        return [found for found in self.pages if found.locale.language_code == language]

    def in_language(self, pk: int) -> Page | None:
        """The page `pk`, or its translation, in the language of the page that is shown; None where it is not public."""
        return next((found for found in self._same_language() if pk in (found.pk, found.asked_for)), None)

    def hub(self, theme) -> Page | None:
        """The public hub of a theme in the language of the page that is shown."""
        return next((found for found in self._same_language() if found.hub_theme == theme.pk), None)

    def landmark(self, model: type) -> Page | None:
        """The page of a type in the language of the page that is shown, e.g. the accessibility statement."""
        wanted = ContentType.objects.get_for_model(model).pk
        return next((found for found in self._same_language() if found.content_type_id == wanted), None)
