from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from stdnum import isbn
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import path
from wagtail.fields import StreamField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from articles.blocks import BLOG_BODY, BOOK_TIP_BODY, GUEST_BODY, NEWS_BODY, line
from articles.filters import BlogFilterForm, BookTipFilterForm, NewsFilterForm
from articles.terms import NewsCategory, Series
from core.addresses import url_of
from core.cards import cards_in_language
from core.choosers import PageChooserBlock
from core.covers import book_cover
from core.models import BasePage, ListingPage
from core.related import chosen_ids
from core.tools import WithTools


class Article(BasePage):
    """What news, book tips and blog posts share."""

    class Meta:
        abstract = True

    @property
    def search_lead(self) -> str:
        names = " ".join(byline.person.name for byline in self.bylines.all())
        return f"{self.intro} {names}".strip()


class NewsIndexPage(ListingPage):
    filter_form_class = NewsFilterForm
    parent_page_types = ["home.HomePage"]
    subpage_types = ["articles.NewsPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of news")
        verbose_name_plural = _("lists of news")


class NewsPage(Article):
    category = models.ForeignKey(
        NewsCategory, verbose_name=_("category"), null=True, on_delete=models.PROTECT, related_name="news"
    )
    photographer = models.CharField(_("photographer"), max_length=120, blank=True)
    source_title = models.CharField(_("source"), max_length=160, blank=True)
    source_url = models.URLField(_("the source's address"), blank=True)
    body = StreamField(NEWS_BODY, verbose_name=_("body"), blank=True)

    content_panels: ClassVar = [*Article.content_panels, FieldPanel("category")]
    body_panels: ClassVar = [
        FieldPanel("body"),
        InlinePanel("bylines", label=_("Byline"), heading=_("Bylines")),
        FieldPanel("photographer"),
        FieldRowPanel([FieldPanel("source_title"), FieldPanel("source_url")]),
    ]
    search_fields: ClassVar = [*Article.search_fields, index.FilterField("category_id")]
    override_translatable_fields: ClassVar = [
        *Article.override_translatable_fields,
        SynchronizedField("photographer"),
        SynchronizedField("source_url"),
    ]
    parent_page_types = ["articles.NewsIndexPage"]
    subpage_types: ClassVar = []

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")


class BookTipIndexPage(ListingPage):
    filter_form_class = BookTipFilterForm
    parent_page_types = ["home.HomePage"]
    subpage_types = ["articles.BookTipPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of book tips")
        verbose_name_plural = _("lists of book tips")


class BookTipPage(WithTools, Article):
    """A book worth a working team's time. The facts are the book's own and the same in every language."""

    book_title = models.CharField(_("title of the book"), max_length=200)
    book_subtitle = models.CharField(_("subtitle"), max_length=200, blank=True)
    book_authors = StreamField(
        [("author", line(_("Author"), _("One of the book's authors, or editors.")))],
        verbose_name=_("authors"),
        blank=True,
    )
    is_edited = models.BooleanField(_("edited volume"), default=False, help_text=_("The names are those of editors."))
    publisher = models.CharField(_("publisher"), max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(1800), MaxValueValidator(2100)]
    )
    edition = models.PositiveSmallIntegerField(_("edition"), null=True, blank=True, validators=[MinValueValidator(1)])
    pages = models.PositiveSmallIntegerField(
        _("number of pages"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    isbn = models.CharField(
        _("ISBN"), max_length=20, blank=True, help_text=_("Thirteen digits, with or without hyphens.")
    )
    book_language = models.CharField(
        _("language of the book"),
        max_length=5,
        default="sv",
        choices=[("sv", _("Swedish")), ("en", _("English")), ("no", _("Norwegian")), ("da", _("Danish"))],
    )
    takeaways = StreamField(
        [("takeaway", line(_("Takeaway"), _("Something to take from the book.")))],
        verbose_name=_("three takeaways"),
        blank=True,
    )
    circle_questions = StreamField(
        [("question", line(_("Question"), _("A question for a book circle.")))],
        verbose_name=_("questions for a book circle"),
        blank=True,
    )
    reviewer = models.ForeignKey(
        "core.Person",
        verbose_name=_("reviewer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reviews",
    )
    methods = StreamField(
        [("method", PageChooserBlock("methods.MethodPage", label=_("Method")))],
        verbose_name=_("methods it belongs to"),
        blank=True,
    )
    body = StreamField(BOOK_TIP_BODY, verbose_name=_("review"), blank=True)

    body_panels: ClassVar = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("book_title"), FieldPanel("book_subtitle")]),
                FieldPanel("book_authors"),
                FieldPanel("is_edited"),
                FieldRowPanel([FieldPanel("publisher"), FieldPanel("year"), FieldPanel("edition")]),
                FieldRowPanel([FieldPanel("isbn"), FieldPanel("pages"), FieldPanel("book_language")]),
            ],
            heading=_("The book"),
        ),
        FieldPanel("body"),
        FieldPanel("takeaways"),
        FieldPanel("circle_questions"),
        FieldPanel("reviewer"),
        FieldPanel("methods"),
    ]
    search_fields: ClassVar = [
        *Article.search_fields,
        index.SearchField("book_title", boost=2),
        index.SearchField("isbn"),
    ]
    override_translatable_fields: ClassVar = [
        *Article.override_translatable_fields,
        *(
            SynchronizedField(name)
            for name in ("book_title", "book_subtitle", "book_authors", "publisher", "isbn", "book_language")
        ),
    ]
    default_review_interval = 24
    parent_page_types = ["articles.BookTipIndexPage"]
    subpage_types: ClassVar = []

    class Meta:
        verbose_name = _("book tip")
        verbose_name_plural = _("book tips")

    def contradictions(self) -> dict:
        errors = super().contradictions()
        if self.isbn and not (isbn.is_valid(self.isbn) and isbn.isbn_type(self.isbn) == "ISBN13"):
            errors["isbn"] = _("This is not a valid ISBN-13: check the digits against the back of the book.")
        return errors

    def clean(self):
        super().clean()
        self.isbn = isbn.compact(self.isbn)

    @property
    def isbn_formatted(self) -> str:
        return isbn.format(self.isbn) if self.isbn else ""

    @property
    def book_authors_line(self) -> str:
        """`Wåger & Östlund (red.)`: the names in order."""
        names = [author.value for author in self.book_authors]
        joined = " & ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        return f"{joined} ({gettext('ed.')})" if self.is_edited and joined else joined

    @property
    def book_line(self) -> str:
        """`Studentlitteratur 2022`."""
        return " ".join(str(part) for part in (self.publisher, self.year) if part)

    @cached_property
    def cover(self):
        return book_cover(self.book_title, self.book_authors_line)

    @property
    def search_lead(self) -> str:
        reviewer = self.reviewer.name if self.reviewer else ""
        return " ".join([self.intro, self.book_title, self.book_subtitle, self.book_authors_line, reviewer])

    def get_context(self, request, *args, **kwargs):
        chosen = {"method_cards": chosen_ids(self, "methods")}
        circle = {"circle_url": self.url_of_tool("circle", request) if self.circle_questions else ""}
        return super().get_context(request, *args, **kwargs) | cards_in_language(self, chosen, request) | circle

    @path("bokcirkel/", name="circle_sv")
    @path("book-circle/", name="circle_en")
    def circle(self, request):
        """The questions for a book circle, on a sheet to print."""
        if not self.circle_questions:
            raise Http404
        title = gettext("Questions for a book circle: %(title)s") % {"title": self.book_title}
        return self.show_tool(request, "circle", title, noindex=True)


class BlogIndexPage(ListingPage):
    filter_form_class = BlogFilterForm
    parent_page_types = ["home.HomePage"]
    subpage_types = ["articles.BlogPostPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("blog")
        verbose_name_plural = _("blogs")


class BlogPostPage(Article):
    is_guest = models.BooleanField(_("guest post"), default=False, help_text=_("A guest writes with fewer blocks."))
    theme_category = models.ForeignKey(
        "core.Theme",
        verbose_name=_("category"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The post's main theme."),
    )
    series = models.ForeignKey(
        Series, verbose_name=_("series"), null=True, blank=True, on_delete=models.SET_NULL, related_name="posts"
    )
    series_number = models.PositiveSmallIntegerField(_("number in the series"), null=True, blank=True)
    school = models.CharField(_("school"), max_length=120, blank=True)
    body = StreamField(BLOG_BODY, verbose_name=_("body"), blank=True)

    content_panels: ClassVar = [
        *Article.content_panels,
        InlinePanel("bylines", label=_("Author"), heading=_("Authors"), min_num=1),
        FieldPanel("theme_category"),
    ]
    body_panels: ClassVar = [
        FieldPanel("body"),
        FieldPanel("is_guest"),
        FieldRowPanel([FieldPanel("series"), FieldPanel("series_number")]),
        FieldPanel("school"),
    ]
    search_fields: ClassVar = [*Article.search_fields, index.FilterField("theme_category_id")]
    override_translatable_fields: ClassVar = [*Article.override_translatable_fields, SynchronizedField("school")]
    demanded_relations: ClassVar = {"bylines": _("Say who has written the post.")}
    parent_page_types = ["articles.BlogIndexPage"]
    subpage_types: ClassVar = []

    class Meta:
        verbose_name = _("blog post")
        verbose_name_plural = _("blog posts")

    def contradictions(self) -> dict:
        errors = super().contradictions()
        if self.series_id and not self.series_number:
            errors["series_number"] = _("Give the post its number in the series.")
        if self.is_guest and (unknown := sorted({block.block_type for block in self.body} - set(GUEST_BODY))):
            labels = ", ".join(str(self.body.stream_block.child_blocks[name].label) for name in unknown)
            errors["body"] = ngettext(
                "A guest post cannot have this block: %(labels)s.",
                "A guest post cannot have these blocks: %(labels)s.",
                len(unknown),
            ) % {"labels": labels}
        return errors

    def missing_for_publication(self) -> dict:
        errors = super().missing_for_publication()
        if not self.theme_category_id:
            errors["theme_category"] = _("Choose the post's main theme.")
        return errors

    def get_context(self, request, *args, **kwargs):
        return super().get_context(request, *args, **kwargs) | {"series_position": series_position(self, request)}


def series_position(post: BlogPostPage, request=None) -> dict | None:
    """`{title, number, total, previous, next}` of a post in its series; the neighbours are `{title, url}` or None."""
    if not post.series_id:
        return None
    posts = BlogPostPage.objects.published().findable().filter(series=post.series_id, locale_id=post.locale_id)
    posts = list(posts.order_by("series_number", "pk").only("title", "url_path", "series_number", "path"))
    before = [other for other in posts if (other.series_number or 0) < (post.series_number or 0)]
    after = [other for other in posts if (other.series_number or 0) > (post.series_number or 0)]

    def link(page):
        return {"title": page.title, "url": url_of(page, request)}

    return {
        "title": post.series.title,
        "number": post.series_number,
        "total": len(posts),
        "previous": link(before[-1]) if before else None,
        "next": link(after[0]) if after else None,
    }
