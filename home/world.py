"""The demo world: the invented municipality of Vätterlunda, its people, pages and every editorial state on show.

The texts are data in `home/demo/`. Pages are published by the fast path that imports use; those that show a state of the
newsroom get there by the real transitions, as the real demo users.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from django.contrib.auth.models import Group
from django.core.files import File
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale, Page, Site
from wagtail.users.models import UserProfile

from articles.terms import Series
from core.guards import authorised_publication
from core.models import CustomDocument, CustomImage, Person, Stewardship, User
from editorial.roles import group_name
from home import illustrations
from home.models import ImportedPage, SiteSettings
from home.portal import build_portal
from home.rows import MODELS, Builder, Sources, fill, moment, relate

DATA = Path(__file__).parent / "demo"
PASSWORD = "demo-vatterlunda"
USERS = [
    # user name, first name, last name, role
    ("skribent", "Signe", "Ahl", "author"),
    ("redaktor", "Rut", "Elmgren", "editor"),
    ("granskare", "Gustav", "Rehn", "reviewer"),
    ("utgivare", "Ulla", "Stenmark", "chief_editor"),
    ("oversattare", "Örjan", "Lund", "translator"),
    ("admin", "Ada", "Vik", "administrator"),
]
PARENTS = {
    "theme": "index-themes", "method": "index-methods", "news": "index-news", "book_tip": "index-books", "blog_post": "index-blog",
    "theme_index": "home", "method_index": "home", "news_index": "home", "book_tip_index": "home", "blog_index": "home",
    "people_index": "home", "info": "home",
}  # fmt: skip
FILES = ("pages", "themes", "methods_1", "methods_2", "books", "news", "blog")
MENU = ("index-themes", "index-methods", "index-news", "index-books", "index-blog", "info-om")


def read(name: str):
    return json.loads((DATA / f"{name}.json").read_text())


def rows() -> list[dict]:
    """Every page of the demo, Swedish first, parents before children."""
    return [row for language in ("sv", "en") for name in FILES if (DATA / f"{language}/{name}.json").exists() for row in read(f"{language}/{name}")]


class World:
    """Builds the demo. Each step takes up what it finds, so that a second run changes nothing."""

    def __init__(self, say: Callable[[str], None]):
        self.say = say
        self.pages: dict[str, int] = {}
        self.sources = Sources(page=self.pages.get)

    def build(self) -> None:
        self.users()
        self.say("  users, people, pictures and documents")
        self.people_and_files()
        self.say("  pages")
        self.tree()
        self.publish()
        self.site_settings()

    @transaction.atomic
    def users(self) -> None:
        for username, first, last, role in USERS:
            user, is_new = User.objects.get_or_create(
                username=username,
                defaults={
                    "first_name": first,
                    "last_name": last,
                    "email": f"{username}@vatterlunda.example",
                    "is_superuser": username == "admin",
                    "is_staff": True,
                },
            )
            if is_new:
                user.set_password(PASSWORD)
                user.save()
            user.groups.add(Group.objects.get(name=group_name(role)))
            UserProfile.objects.update_or_create(
                user=user, defaults={"preferred_language": "sv", "current_time_zone": "Europe/Stockholm"}
            )

    @transaction.atomic
    def people_and_files(self) -> None:
        for row in read("images"):
            title = row["title_sv"]
            image = CustomImage.objects.filter(title=title).first()
            if image is None:
                picture = illustrations.draw(row["scene"])
                file = ImageFile(BytesIO(picture), name=f"{row['name'].removeprefix('img-')}.jpg")
                image = CustomImage.objects.create(title=title, file=file, credit=row["credit"])
            self.sources.images[row["name"]] = image.pk
        for row in read("documents"):
            document = CustomDocument.objects.filter(title=row["title"]).first()
            if document is None:
                with (DATA / "files" / row["file"]).open("rb") as handle:
                    document = CustomDocument.objects.create(
                        title=row["title"], file=File(handle, name=row["file"]), language=row["language"]
                    )
            self.sources.documents[row["name"]] = document.pk
        for row in read("people"):
            portrait = self.sources.key(row.pop("portrait", None))
            person, _new = Person.objects.get_or_create(slug=row["slug"], defaults={**row, "portrait_id": portrait})
            self.sources.people[row["slug"]] = person.pk
        for row in read("series"):
            Series.objects.get_or_create(code=row["code"], defaults=row)

    def tree(self) -> None:
        """Every page in its place, without text: what the texts refer to exists before they are filled in."""
        homes = build_portal()
        locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.pages.update(ImportedPage.objects.values_list("source_id", "page_id"))
        for row in rows():
            if row["id"] in self.pages:
                continue
            language, kind = row["locale"], row["type"]
            suffix = "" if language == "sv" else f"-{language}"
            if kind == "home":
                page = homes[language]
            else:
                parent_id = row.get("parent") or PARENTS[kind] + suffix
                parent = Page.objects.get(pk=self.pages[parent_id])
                page = parent.get_children().filter(slug=row["slug"]).first()
                page = page.specific if page else self.add(parent, row, locales[language])
            ImportedPage.objects.create(source_id=row["id"], page_id=page.pk, checksum="")
            self.pages[row["id"]] = page.pk

    @transaction.atomic
    def add(self, parent, row: dict, locale):
        page = MODELS[row["type"]](title=row["title"], slug=row["slug"], intro=row["intro"], locale=locale, live=False)
        source = row.get("translation_of")
        if source:
            page.translation_key = Page.objects.values_list("translation_key", flat=True).get(pk=self.pages[source])
        builder = Builder(self.sources)
        fill(page, row, builder)
        parent.add_child(instance=page)
        return page

    def publish(self) -> None:
        """Fills in the texts and publishes them with the dates of the rows."""
        users = {user.username: user for user in User.objects.all()}
        done = set(ImportedPage.objects.exclude(checksum="").values_list("source_id", flat=True))
        for row in rows():
            if row["id"] not in done:
                self.publish_row(row, users)

    @transaction.atomic
    def publish_row(self, row: dict, users: dict) -> None:
        page = Page.objects.get(pk=self.pages[row["id"]]).specific
        builder = Builder(self.sources)
        page.title, page.slug = row["title"], row["slug"]
        fill(page, row, builder)
        relate(page, row, builder)
        if builder.losses:
            raise ValueError(f"{row['id']}: {', '.join(builder.losses)}")
        page.first_published_at = moment(row["date"])
        revision = page.save_revision(user=users["redaktor"])
        with authorised_publication():
            revision.publish(user=users["utgivare"])
        changed = moment(row["date"]) + timedelta(days=21) if row.get("change_is_substantive") else moment(row["date"])
        Page.objects.filter(pk=page.pk).update(last_published_at=min(changed, timezone.now()), owner=users["redaktor"])
        Stewardship.objects.filter(page_id=page.pk).update(
            responsible=users.get(row.get("responsible")) or users["redaktor"],
            review_interval=row.get("review_interval") or 12,
            reviewed_on=min(timezone.localdate(changed) + timedelta(days=200), timezone.localdate()),
        )
        ImportedPage.objects.filter(source_id=row["id"]).update(checksum="demo")

    @transaction.atomic
    def site_settings(self) -> None:
        names = read("site")
        found = SiteSettings.load()
        for name, value in names.items():
            setattr(found, name, value)
        found.menu = [
            {"type": "item", "value": {"page": self.pages[page_id], "label_sv": "", "label_en": ""}} for page_id in MENU
        ]
        found.save()
        Site.objects.update(site_name=found.site_name)
