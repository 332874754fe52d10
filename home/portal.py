"""The empty portal: two languages, a start page and one index page of each kind in both, terms and settings."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import Locale, Page, Site

from core.guards import authorised_publication
from home.models import HomePage, SiteSettings
from home.rows import MODELS
from home.terms import load_terms

# What stands below each start page: type, and title and slug in each language.
INDEX_PAGES = [
    ("theme_index", {"sv": ("Teman", "tema"), "en": ("Themes", "themes")}),
    ("method_index", {"sv": ("Metoder", "metoder"), "en": ("Methods", "methods")}),
    ("news_index", {"sv": ("Nyheter", "nyheter"), "en": ("News", "news")}),
    ("book_tip_index", {"sv": ("Boktips", "boktips"), "en": ("Book tips", "book-tips")}),
    ("blog_index", {"sv": ("Blogg", "blogg"), "en": ("Blog", "blog")}),
    ("people_index", {"sv": ("Medverkande", "medverkande"), "en": ("Contributors", "contributors")}),
    ("info", {"sv": ("Om", "om"), "en": ("About", "about")}),
]
INTROS = {
    "theme_index": ("Allt vi publicerar, samlat efter tema.", "Everything we publish, by theme."),
    "method_index": ("Metoder för att lära tillsammans.", "Methods for learning together."),
    "news_index": ("Det senaste från förskolor och skolor.", "The latest from preschools and schools."),
    "book_tip_index": ("Böcker att läsa i arbetslaget.", "Books to read in a working team."),
    "blog_index": ("Pedagoger skriver om sitt arbete.", "Educators write about their work."),
    "people_index": ("De som skriver och tipsar här.", "Those who write and give tips here."),
    "info": ("Om webbplatsen och redaktionen.", "About the site and its editors."),
}


def is_empty() -> bool:
    """Whether nobody has put anything into this database: no page but the one that Wagtail's own migrations make."""
    return not HomePage.objects.exists()


def add_page(parent, page):
    """Adds a live page that needs no approval, since nothing has been written on it."""
    page.live = True
    with authorised_publication():
        parent.add_child(instance=page)
    page.save_revision(changed=False)
    return page


@transaction.atomic
def build_portal() -> dict[str, HomePage]:
    """Creates what is missing of the empty portal. Returns the start page of each language."""
    load_terms()
    locales = {
        code: Locale.objects.get_or_create(language_code=code)[0] for code, _label in settings.WAGTAIL_CONTENT_LANGUAGES
    }
    if not is_empty():
        return {page.locale.language_code: page for page in HomePage.objects.select_related("locale")}
    root = Page.objects.get(depth=1)
    for welcome in root.get_children():  # what Wagtail's own migrations leave behind
        Page.objects.filter(pk=welcome.pk).delete()  # past the bin: nobody wants it back
    root.refresh_from_db()
    Group.objects.filter(name__in=("Moderators", "Editors"), user=None).delete()
    name = SiteSettings.load().site_name
    intros = (
        "Metoder, nyheter, boktips och bloggar för pedagoger.",
        "Methods, news, book tips and blogs for educators.",
    )
    homes = {"sv": add_page(root, HomePage(title=name, slug="hem", intro=intros[0], locale=locales["sv"]))}
    english = HomePage(
        title=name, slug="home", intro=intros[1], locale=locales["en"], translation_key=homes["sv"].translation_key
    )
    root.refresh_from_db()
    homes["en"] = add_page(root, english)
    for kind, names in INDEX_PAGES:
        key = None
        for place, language in enumerate(("sv", "en")):
            title, slug = names[language]
            page = MODELS[kind](title=title, slug=slug, intro=INTROS[kind][place], locale=locales[language])
            if key:
                page.translation_key = key
            homes[language].refresh_from_db()
            key = add_page(homes[language], page).translation_key
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", port=80, site_name=name, root_page=homes["sv"], is_default_site=True)
    site_settings = SiteSettings.load()
    site_settings.menu = [
        {"type": "item", "value": {"page": page.pk, "label_sv": "", "label_en": ""}}
        for page in homes["sv"].get_children().order_by("path")
    ]
    site_settings.save()
    return homes
