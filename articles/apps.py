from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from articles.models import BlogPostPage, BookTipPage, NewsPage
        from core import kinds

        kinds.register(
            kinds.Kind(
                code="news",
                model=NewsPage,
                label=_("News item"),
                plural=_("News"),
                related_heading=_("Related news"),
                icon="news",
                feed=True,
                order=2,
                category="category__code",
                card_relations=("category",),
                card=lambda page: {"label": page.category.label if page.category else ""},
            )
        )
        kinds.register(
            kinds.Kind(
                code="book_tip",
                model=BookTipPage,
                label=_("Book tip"),
                plural=_("Book tips"),
                related_heading=_("Related book tips"),
                icon="book_tip",
                feed=True,
                order=3,
                card=lambda page: {"byline": page.book_authors_line, "meta": page.book_line, "cover": page.cover},
            )
        )
        kinds.register(
            kinds.Kind(
                code="blog_post",
                model=BlogPostPage,
                label=_("Blog post"),
                plural=_("Blog"),
                related_heading=_("Related blog posts"),
                icon="blog_post",
                feed=True,
                order=4,
                category="theme_category__code",
                card_relations=("theme_category",),
                card=lambda page: {"label": page.theme_category.label if page.theme_category else ""},
            )
        )
