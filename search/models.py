"""The rows of visitors' search.

The index proper is derived from public pages and can be made anew by `search_rebuild`. `search.tables` makes its tables,
since a rebuild makes them a second time beside those in use.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from search.previews import PreviewedSearch

KEPT = 5  # seconds that another process may take to learn what editors have changed: they look at once


class SearchDocument(models.Model):
    """What filters, counts and sorting ask of a page.

    `docid` begins with the second of the first publication, so that an engine that returns hits by key returns them by
    date. `facets` holds codes between spaces: ` theme:assessment school_form:preschool `.
    """

    docid = models.BigIntegerField(primary_key=True)
    page_id = models.IntegerField(unique=True)
    language = models.CharField(max_length=8)
    kind = models.CharField(max_length=20)
    year = models.SmallIntegerField(null=True)
    facets = models.TextField()
    published_at = models.DateTimeField(null=True)
    version = models.DateTimeField(null=True)  # when the text that is indexed was published
    visible_until = models.DateTimeField(null=True)
    checksum = models.CharField(max_length=24)

    class Meta:
        managed = False
        db_table = "search_document"

    def __str__(self) -> str:
        return f"{self.kind} {self.page_id}"


class SearchText(models.Model):
    """What a hit shows, and what excerpts are cut from."""

    page_id = models.IntegerField(primary_key=True)
    title = models.TextField()
    label = models.TextField()
    lead = models.TextField()
    text = models.TextField()
    attached = models.TextField()
    readings = models.TextField()  # of the words of these texts, see `search.documents.Entry`

    class Meta:
        managed = False
        db_table = "search_text"

    def __str__(self) -> str:
        return self.title


class SearchTerm(models.Model):
    """A word of the public pages, as written or as a base form: in how many pages, and in how many titles, it stands.

    The empty word stands in every page.
    """

    pk = models.CompositePrimaryKey("language", "term")
    language = models.CharField(max_length=8)
    term = models.CharField(max_length=64)
    folded = models.CharField(max_length=64)
    skeleton = models.CharField(max_length=40)
    pages = models.IntegerField()
    titles = models.IntegerField()

    class Meta:
        managed = False
        db_table = "search_term"

    def __str__(self) -> str:
        return self.term


class DocumentText(models.Model):
    """What a file says, as of the file that `mark` describes; or why it could not be read."""

    document = models.OneToOneField(
        "core.CustomDocument", primary_key=True, on_delete=models.CASCADE, related_name="search_text"
    )
    mark = models.CharField(max_length=255)
    text = models.TextField(blank=True)
    problem = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("text of a document")
        verbose_name_plural = _("texts of documents")

    def __str__(self) -> str:
        return self.mark


class SearchChange(models.Model):
    """A page whose place in the index has changed, in the order of the changes: what a rebuild has to catch up with, and
    what a search engine outside the database is still to be told."""

    page_id = models.IntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("change of the search index")
        verbose_name_plural = _("changes of the search index")

    def __str__(self) -> str:
        return str(self.page_id)


class SearchHealth(models.Model):
    """What the worker found when it last compared: the index with the pages, the search engine with the index."""

    name = models.CharField(max_length=20, primary_key=True)
    differences = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    at = models.DateTimeField()
    well_at = models.DateTimeField(null=True)  # when it was last without an error

    class Meta:
        verbose_name = _("state of the search index")
        verbose_name_plural = _("states of the search index")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def note(cls, name: str, differences: int = 0, error: str = "") -> None:
        now = timezone.now()
        values = {"differences": differences, "error": error, "at": now} | ({} if error else {"well_at": now})
        cls.objects.update_or_create(name=name, defaults=values)


class Synonym(PreviewedSearch, models.Model):
    """Terms that mean the same, or one that is to find the others too."""

    term = models.CharField(
        _("term"), max_length=80, help_text=_("What somebody types: a word, an abbreviation, a phrase.")
    )
    equivalents = models.TextField(_("finds also"), help_text=_("One term on each line."))
    both_ways = models.BooleanField(
        _("both ways"), default=True, help_text=_("Each of the terms finds the others. Untick it for a narrower term.")
    )
    language = models.CharField(
        _("language"), max_length=8, choices=[("", _("All languages")), *settings.LANGUAGES], blank=True, default=""
    )

    panels = [FieldPanel("term"), FieldPanel("equivalents"), FieldPanel("both_ways"), FieldPanel("language")]

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        ordering = ["term"]

    def __str__(self) -> str:
        return self.term

    @property
    def others(self) -> list[str]:
        return [line.strip() for line in self.equivalents.splitlines() if line.strip()]

    @property
    def own_pairs(self) -> list[tuple[str, str]]:
        """`(term, other)` for each term that is to find another."""
        terms = [self.term, *self.others]
        found = [(self.term, other) for other in self.others]
        return found + [(one, other) for one in terms[1:] for other in terms if self.both_ways and one != other]

    @classmethod
    def pairs(cls, language: str, without: int | None = None):
        """The pairs of all synonyms of a language, of all but one where it is said."""
        for synonym in cls.objects.filter(language__in=["", language]).exclude(pk=without):
            yield from synonym.own_pairs

    def preview_question(self):
        return self.term, self.language or settings.LANGUAGE_CODE

    def preview_options(self):
        return {"words": self._others(self.own_pairs)}

    def without(self):
        return self._others([])

    def _others(self, own: list[tuple[str, str]]):
        from search.synonyms import Synonyms  # reads this model

        _text, language = self.preview_question()
        return Synonyms([*type(self).pairs(language, without=self.pk), *own], language)


class Promotion(PreviewedSearch, models.Model):
    """A page that comes first when somebody asks for certain words, whatever the words in it."""

    page = models.ForeignKey("wagtailcore.Page", verbose_name=_("page"), on_delete=models.CASCADE, related_name="+")
    questions = models.TextField(
        _("questions"), help_text=_("What somebody types, one question on each line. Forms and capitals do not matter.")
    )

    panels = [FieldPanel("page"), FieldPanel("questions")]

    class Meta:
        verbose_name = _("promoted hit")
        verbose_name_plural = _("promoted hits")
        ordering = ["page__title"]

    def __str__(self) -> str:
        return self.page.title

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.questions.splitlines() if line.strip()]

    def preview_question(self):
        language = self.page.locale.language_code if self.page_id else settings.LANGUAGE_CODE
        return next(iter(self.lines), ""), language

    def preview_options(self):
        return {"promotions": [(line, self.page_id) for line in self.lines]}


class AskedOn(models.Model):
    """How often something was searched for on one day, and how often nothing was found. Nothing says by whom."""

    day = models.DateField()
    language = models.CharField(max_length=8)
    text = models.CharField(max_length=80)
    times = models.PositiveIntegerField(default=0)
    without_hits = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        constraints = [models.UniqueConstraint(fields=["day", "language", "text"], name="asked_once_a_day")]

    def __str__(self) -> str:
        return self.text


class FollowedOn(models.Model):
    """How often a page was opened on one day from the hits of a search."""

    day = models.DateField()
    language = models.CharField(max_length=8)
    text = models.CharField(max_length=80)
    page_id = models.IntegerField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("followed hit")
        verbose_name_plural = _("followed hits")
        constraints = [
            models.UniqueConstraint(fields=["day", "language", "text", "page_id"], name="followed_once_a_day")
        ]

    def __str__(self) -> str:
        return self.text
