"""The demo world: the invented municipality of Vätterlunda, its people, pages and every editorial state on show.

The texts are data in `home/demo/`. Pages are published by the fast path that imports use; those that show a state of the
newsroom get there by the real transitions, as the real demo users.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from dateutil.relativedelta import relativedelta
from django.contrib.auth.models import Group
from django.core.files import File
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from wagtail.models import Locale, Page, Site
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.users.models import UserProfile

from articles.terms import Series
from core.guards import authorised_publication
from core.models import CustomDocument, CustomImage, Person, Stewardship, User
from editorial import schedule
from editorial.models import SchoolPeriod
from editorial.roles import group_name
from home import illustrations, states
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
# Name, kind, first and last day, each as the year after that of the autumn, its week and the day of the week.
SCHOOL_YEAR = [
    ("Hösttermin", "term", (0, 34, 1), (0, 51, 5)), ("Höstlov", "break", (0, 44, 1), (0, 44, 5)),
    ("Jullov", "break", (0, 51, 6), (1, 1, 5)), ("Vårtermin", "term", (1, 2, 1), (1, 24, 4)),
    ("Sportlov", "break", (1, 7, 1), (1, 7, 5)), ("Påsklov", "break", (1, 14, 1), (1, 14, 5)),
]  # fmt: skip

SOURCE = "demo:"  # before the ids of the demo's rows, so that an import's own ids never meet them
DONE = "demo"  # the checksum of a row whose page is finished


def read(name: str):
    return json.loads((DATA / f"{name}.json").read_text())


def rows() -> list[dict]:
    """Every page of the demo, Swedish first, parents before children."""
    return [
        row
        for language in ("sv", "en")
        for name in FILES
        if (DATA / f"{language}/{name}.json").exists()
        for row in read(f"{language}/{name}")
    ]


class World:
    """Builds the demo. Each step takes up what it finds, so that a second run changes nothing."""

    def __init__(self, say: Callable[[str], None]):
        self.say = say
        self.pages: dict[str, int] = {}
        self.sources = Sources(page=self.pages.get)

    def build(self) -> None:
        is_first_run = not ImportedPage.objects.filter(source_id__startswith=SOURCE).exists()
        self.users()
        self.say("  users, people, pictures and documents")
        self.people_and_files()
        self.say("  pages")
        self.tree()
        if is_first_run:
            self.site_settings()
            self.school_year()
        self.publish()
        self.say("  texts on their way")
        self.newsroom()

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
            if not is_new:
                continue
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
                document.get_file_size()
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
        made = ImportedPage.objects.filter(source_id__startswith=SOURCE)
        self.pages.update((name.removeprefix(SOURCE), key) for name, key in made.values_list("source_id", "page_id"))
        with disable_reference_index_auto_update():  # publish_row() writes every page once more
            for row in rows():
                if row["id"] not in self.pages:
                    self.place(row, homes, locales)

    @transaction.atomic
    def place(self, row: dict, homes: dict, locales: dict) -> None:
        """Takes up the row's page where it stands in the tree, or adds it. One that somebody has edited keeps its text."""
        language, kind = row["locale"], row["type"]
        page = homes[language] if kind == "home" else None
        if page is None:
            suffix = "" if language == "sv" else f"-{language}"
            parent = Page.objects.get(pk=self.pages[row.get("parent") or PARENTS[kind] + suffix])
            found = parent.get_children().filter(slug=row["slug"]).first()
            page = found or self.add(parent, row, locales[language])
        is_edited = page.revisions.filter(user__isnull=False).exists()
        self.note(row["id"], page, DONE if is_edited else "")

    def note(self, name: str, page, checksum: str) -> None:
        ImportedPage.objects.update_or_create(
            source_id=SOURCE + name, defaults={"page_id": page.pk, "checksum": checksum}
        )
        self.pages[name] = page.pk

    def add(self, parent, row: dict, locale, owner=None):
        """A new draft with the row's own fields; what takes a stored page is set by `publish_row()`."""
        page = MODELS[row["type"]](
            title=row["title"], slug=row["slug"], intro=row["intro"], locale=locale, live=False, owner=owner
        )
        source = row.get("translation_of")
        if source:
            page.translation_key = Page.objects.values_list("translation_key", flat=True).get(pk=self.pages[source])
        fill(page, row, Builder(self.sources))
        parent.add_child(instance=page)
        return page

    def publish(self) -> None:
        """Fills in the texts and publishes them with the dates of the rows."""
        users = {user.username: user for user in User.objects.all()}
        done = set(ImportedPage.objects.filter(checksum=DONE).values_list("source_id", flat=True))
        for row in rows():
            if SOURCE + row["id"] not in done:
                self.publish_row(row, users)

    @transaction.atomic
    def publish_row(self, row: dict, users: dict) -> None:
        page = Page.objects.get(pk=self.pages[row["id"]]).specific
        self.write(page, row)
        page.first_published_at = moment(row["date"])
        page.owner = users["redaktor"]
        revision = page.save_revision(user=users["redaktor"])
        with authorised_publication():
            revision.publish(user=users["utgivare"])
        changed = published = moment(row["date"])
        if row.get("change_is_substantive"):
            changed = min(published + timedelta(days=21), timezone.now())
        Page.objects.filter(pk=page.pk).update(last_published_at=changed)
        day = timezone.localdate(changed)
        reading = last_reading(day, row["review_interval"]) or (day if changed > published else None)
        self.look_after(page, row, users, reviewed_on=reading)
        if row.get("change_is_substantive"):
            Stewardship.objects.filter(page_id=page.pk).update(change_note=row["change_note"], changed_at=changed)
        if page.expire_at and page.expire_at <= timezone.now():
            schedule.expire(page.pk)
        for draft in read("sv/states"):
            if draft.get("draft_of") == row["id"]:
                states.draft_over(
                    Page.objects.get(pk=page.pk).specific, draft, users[states.EDITOR], Builder(self.sources)
                )
        self.note(row["id"], page, DONE)

    def write(self, page, row: dict) -> None:
        """Sets everything the row says. A reference that leads nowhere is a mistake in the demo: ValueError."""
        builder = Builder(self.sources)
        page.title, page.slug = row["title"], row["slug"]
        fill(page, row, builder)
        relate(page, row, builder)
        if builder.losses:
            raise ValueError(f"{row['id']}: {', '.join(builder.losses)}")

    def look_after(self, page, row: dict, users: dict, reviewed_on: date | None = None) -> None:
        Stewardship.objects.filter(page_id=page.pk).update(
            responsible=users[row["responsible"]],
            review_interval=row["review_interval"],
            reviewed_on=parse_date(row["reviewed_on"]) if row.get("reviewed_on") else reviewed_on,
            pinned_until=moment(row.get("pinned_until")),
        )

    def newsroom(self) -> None:
        """One text for each state that a text can be in before it is public."""
        users = {user.username: user for user in User.objects.all()}
        locale = Locale.objects.get(language_code="sv")
        for row in read("sv/states"):
            if "id" in row and row["id"] not in self.pages:
                self.take_along(row, users, locale)

    @transaction.atomic
    def take_along(self, row: dict, users: dict, locale) -> None:
        author = users[states.AUTHOR]
        parent = Page.objects.get(pk=self.pages[PARENTS[row["type"]]])
        page = self.add(parent, row, locale, owner=author)
        self.write(page, row)
        self.look_after(page, row, users)
        page.go_live_at = states.morning_ahead() if row["state"] == "scheduled" else None
        page.save_revision(user=author)
        states.bring_to(row["state"], page, users, row.get("comment", ""))
        states.forget_mail()
        self.note(row["id"], page, DONE)

    @transaction.atomic
    def site_settings(self) -> None:
        """The names and the menu of Vätterlunda, where nobody has named the site yet."""
        found = SiteSettings.load()
        if found.site_name != SiteSettings._meta.get_field("site_name").default:
            return
        for name, value in read("site").items():
            setattr(found, name, value)
        found.menu = [
            {"type": "item", "value": {"page": self.pages[page_id], "label_sv": "", "label_en": ""}} for page_id in MENU
        ]
        found.save()
        Site.objects.update(site_name=found.site_name)

    def school_year(self) -> None:
        """The terms and breaks of Vätterlunda in the school year that is running, where nobody has written any down."""
        today = timezone.localdate()
        autumn = today.year if today.month > 6 else today.year - 1
        if not SchoolPeriod.objects.exists():
            for name, kind, first, last in SCHOOL_YEAR:
                days = [date.fromisocalendar(autumn + later, week, day) for later, week, day in (first, last)]
                SchoolPeriod.objects.create(name=name, kind=kind, first_day=days[0], last_day=days[1])


def last_reading(since: date, months: int) -> date | None:
    """The latest day on which a page from `since` was to be read again; None if none has passed yet."""
    readings = 0
    while since + relativedelta(months=months * (readings + 1)) <= timezone.localdate():
        readings += 1
    return since + relativedelta(months=months * readings) if readings else None
