"""A release: pages that go live and down together, at one moment, or not at all."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from wagtail.models import ModelLogEntry, Page, PageLogEntry, Revision

from articles.models import BlogPostPage, NewsPage
from core.guards import Refused, authorised_publication
from core.visibility import is_public
from editorial import release as rules
from editorial import releasing, schedule
from editorial.models import Release, ReleaseItem
from editorial.rescheduling import Lane, reschedule
from tests.editorial.newsroom import edit_url, fresh, send, signed_in
from tests.world import make_image, make_page

pytestmark = pytest.mark.django_db
SOON = timedelta(days=2)


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"


def later(**kwargs):
    return (timezone.now() + timedelta(**kwargs)).replace(second=0, microsecond=0)


def approved(page=None, **fields):
    """A revision that is approved for a time to come: of a new page, or a new text of a live one."""
    at = fields.pop("go_live_at", later(days=5))
    if page is None:
        page = make_page(fields.pop("model", NewsPage), live=False, go_live_at=at, **fields)
    else:
        page = fresh(page)
        for name, value in {"go_live_at": at, **fields}.items():
            setattr(page, name, value)
        page.save_revision()
    with authorised_publication():
        fresh(page).get_latest_revision().publish()
    return Revision.objects.get(pk=fresh(page).latest_revision_id)


def a_release(chief, *revisions, down=(), at=None):
    release = rules.save(None, chief, "Läsåret", at or later(days=2))
    for revision in revisions:
        rules.add_publication(release.pk, chief, revision.pk)
    for page in down:
        rules.add_unpublication(release.pk, chief, page.pk)
    return release


def begins(release) -> None:
    """Its moment has come."""
    moment = timezone.now() - timedelta(seconds=1)
    for item in release.items.filter(kind="publish"):
        rules.write_time(item.page, Lane.PUBLISH, release.at, moment)
    Release.objects.filter(pk=release.pk).update(at=moment)
    release.refresh_from_db()


def entries(page, start: str) -> list[str]:
    found = PageLogEntry.objects.filter(page=page.pk, action__startswith=start).exclude(
        action="wagtail.publish.schedule"
    )
    return list(found.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def chief(people):
    return people["chief_editor"]


class TestCarryingOut:
    def test_everything_goes_live_and_down_together_with_one_entry_each(self, chief):
        swedish, old, changed = approved(title="Ny"), make_page(title="Gammal"), make_page(title="Före")
        english = approved(model=BlogPostPage, language="en", title="New")
        release = a_release(chief, swedish, english, approved(changed, title="Efter"), down=[old])
        assert schedule.run_due() == 0
        begins(release)
        assert schedule.run_due() == 1
        pages = [swedish.content_object, english.content_object, fresh(changed)]
        assert [is_public(page) for page in pages] == [True, True, True]
        assert fresh(changed).title == "Efter"
        assert not fresh(old).live
        for page in pages:
            assert entries(page, "wagtail.publish")[-1:] == ["wagtail.publish.scheduled"]
        assert entries(swedish.content_object, "wagtail.publish") == ["wagtail.publish.scheduled"]
        assert entries(old, "wagtail.unpublish") == ["wagtail.unpublish.scheduled"]
        assert ModelLogEntry.objects.filter(action="editorial.release.done", object_id=str(release.pk)).count() == 1
        assert schedule.run_due() == 0

    def test_one_that_cannot_go_stops_all_and_those_responsible_are_told_once(self, chief, people):
        good, bad = approved(title="God"), approved(title="Dålig", author=people["author"])
        old = make_page(title="Gammal")
        release = a_release(chief, good, bad, down=[old])
        begins(release)
        content = Revision.objects.get(pk=bad.pk).content
        Revision.objects.filter(pk=bad.pk).update(content={**content, "hero_image": make_image().pk, "hero_alt": ""})
        before = Email.objects.count()
        assert schedule.run_due() == 0
        release.refresh_from_db()
        assert "Dålig" in release.problem
        assert not is_public(good.content_object)
        assert fresh(old).live
        assert {tuple(mail.to) for mail in Email.objects.all()[: Email.objects.count() - before]} == {
            (chief.email,), (people["author"].email,),
        }  # fmt: skip
        assert not releasing.due()  # it waits for its next try
        Release.objects.update(last_tried=timezone.now() - timedelta(minutes=1))
        schedule.run_due()
        assert Email.objects.count() == before + 2
        assert Release.objects.get().tries == 2
        Revision.objects.filter(pk=bad.pk).update(content=content | {"go_live_at": release.at.isoformat()})
        Release.objects.update(last_tried=timezone.now() - timedelta(minutes=3))
        assert schedule.run_due() == 1
        assert is_public(good.content_object)

    def test_a_page_that_is_gone_stops_it_and_is_named(self, chief):
        gone, stays = approved(title="Borta"), approved(title="Kvar")
        release = a_release(chief, gone, stays)
        Page.objects.get(pk=gone.object_id).delete()
        begins_without_times(release)
        schedule.run_due()
        assert "Borta" in Release.objects.get().problem
        assert not is_public(stays.content_object)

    def test_a_page_whose_own_time_comes_first_waits_for_its_release(self, chief):
        revision = approved(go_live_at=later(days=1))
        a_release(chief, revision, at=later(days=2))
        assert Revision.objects.get(pk=revision.pk).approved_go_live_at == Release.objects.get().at
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now() - timedelta(hours=1))
        assert schedule.run_due() == 0
        assert not is_public(revision.content_object)

    def test_a_text_whose_time_has_seconds_goes_live_with_its_release(self, chief):
        revision = approved(go_live_at=timezone.now() + timedelta(days=1, microseconds=7))
        release = rules.start_now(a_release(chief, revision), chief)
        assert schedule.run_due() == 1
        assert is_public(revision.content_object)
        assert Release.objects.get(pk=release.pk).state == "done"

    def test_a_text_that_still_names_a_later_time_stops_it(self, chief):
        revision, old = approved(title="Sen"), make_page()
        release = a_release(chief, revision, down=[old])
        begins(release)
        content = Revision.objects.get(pk=revision.pk).content
        Revision.objects.filter(pk=revision.pk).update(content={**content, "go_live_at": later(days=9).isoformat()})
        assert schedule.run_due() == 0
        assert fresh(old).live
        assert "Sen" in Release.objects.get().problem

    def test_what_would_stop_it_is_said_days_ahead(self, chief):
        revision = approved(title="Kort")
        release = a_release(chief, revision)
        content = Revision.objects.get(pk=revision.pk).content
        ends = (release.at - timedelta(hours=1)).isoformat()
        Revision.objects.filter(pk=revision.pk).update(content={**content, "expire_at": ends})
        assert rules.look_ahead() == 1
        assert rules.look_ahead() == 0
        release.refresh_from_db()
        assert "Kort" in release.problem
        assert Email.objects.filter(to=chief.email).count() == 1


def begins_without_times(release) -> None:
    Release.objects.filter(pk=release.pk).update(at=timezone.now() - timedelta(seconds=1))


class TestWhatCanBeIn:
    def test_only_what_is_approved_for_a_time_to_come(self, chief):
        draft = make_page(live=False)
        release = a_release(chief)
        with pytest.raises(Refused):
            rules.add_publication(release.pk, chief, draft.latest_revision_id)

    def test_a_page_is_in_one_release_at_a_time(self, chief):
        revision = approved()
        a_release(chief, revision)
        with pytest.raises(Refused, match="Läsåret"):
            a_release(chief, revision)

    @pytest.mark.parametrize("role", ["author", "editor", "reviewer", "translator", "administrator"])
    def test_others_than_chief_editors_change_nothing(self, role, people, chief):
        release = a_release(chief, approved())
        for act in (
            lambda user: rules.save(release, user, "Annat", later(days=3)),
            lambda user: rules.take_out(ReleaseItem.objects.get().pk, user),
            lambda user: rules.start_now(release, user),
            lambda user: rules.dissolve(release.pk, user),
            lambda user: releasing.undo(release.pk, user, "Därför"),
        ):
            with pytest.raises(PermissionDenied):
                act(people[role])

    def test_a_page_in_a_release_is_locked_in_words_for_everyone(self, chief, people):
        page = make_page(title="Före")
        a_release(chief, down=[page])
        for user in (chief, people["editor"]):
            assert "Läsåret" in signed_in(user).get(edit_url(page)).content.decode()
        send(signed_in(people["editor"]), page, title="Ändrad")
        assert fresh(page).get_latest_revision_as_object().title == "Före"

    def test_its_time_is_moved_with_the_release_only(self, chief):
        revision = approved()
        release = a_release(chief, revision)
        with pytest.raises((Refused, PermissionDenied)):
            reschedule(int(revision.object_id), chief, Lane.PUBLISH, release.at, later(days=9))
        rules.save(release, chief, "Läsåret", later(days=9))
        assert Revision.objects.get(pk=revision.pk).approved_go_live_at == later(days=9)

    def test_a_later_text_leaves_the_one_that_was_approved(self, chief):
        revision = approved(title="Godkänd")
        release = a_release(chief, revision)
        page = fresh(revision.content_object).get_latest_revision_as_object()
        page.title = "Senare"
        page.save_revision()
        begins(release)
        schedule.run_due()
        assert fresh(page).title == "Godkänd"

    def test_what_is_taken_out_goes_live_at_its_own_time(self, chief):
        own = later(days=5)
        revision = approved(go_live_at=own)
        a_release(chief, revision)
        rules.take_out(ReleaseItem.objects.get().pk, chief)
        assert Revision.objects.get(pk=revision.pk).approved_go_live_at == own

    def test_taking_something_out_of_a_late_release_publishes_nothing(self, chief):
        revision = approved()
        release = a_release(chief, revision)
        ReleaseItem.objects.update(own_at=None)
        begins(release)
        rules.take_out(ReleaseItem.objects.get().pk, chief)
        schedule.run_due()
        assert not is_public(revision.content_object)


class TestUndoing:
    def test_it_puts_back_what_was_and_says_why(self, chief):
        old, changed, new = make_page(title="Gammal"), make_page(title="Före", slug="fore"), approved(title="Ny")
        release = a_release(chief, new, approved(changed, title="Efter", slug="efter"), down=[old])
        begins(release)
        schedule.run_due()
        releasing.undo(release.pk, chief, "Beslutet ändrades")
        assert fresh(old).live
        assert (fresh(changed).title, fresh(changed).slug) == ("Före", "fore")
        assert not new.content_object.live
        for page, action in ((old, "wagtail.publish.undo"), (changed, "wagtail.publish.undo"), (new.content_object, "wagtail.unpublish")):  # fmt: skip
            entry = PageLogEntry.objects.filter(page=page.pk, action=action).get()
            assert entry.comment == "Beslutet ändrades"
            assert entry.user == chief
        assert Release.objects.get().state == "undone"
        with pytest.raises(Refused):
            releasing.undo(release.pk, chief, "Igen")

    def test_it_is_all_or_nothing(self, chief):
        first, second = make_page(title="A"), make_page(title="B")
        release = a_release(chief, approved(first, title="A2"), approved(second, title="B2"))
        begins(release)
        schedule.run_due()
        page = fresh(second)
        page.title = "B3"
        revision = page.save_revision()
        with authorised_publication():
            revision.publish()
        with pytest.raises(Refused, match="B2"):
            releasing.undo(release.pk, chief, "Därför")
        assert (fresh(first).title, fresh(second).title) == ("A2", "B3")

    def test_it_needs_a_reason(self, chief):
        release = a_release(chief, approved())
        begins(release)
        schedule.run_due()
        with pytest.raises(ValidationError):
            releasing.undo(release.pk, chief, "  ")


class TestScreens:
    def test_a_chief_editor_makes_fills_checks_starts_and_takes_back_a_release(self, chief):
        client, revision, old = signed_in(chief), approved(title="Nytt"), make_page(title="Gammalt")
        moment = timezone.localtime(later(days=3))
        made = client.post(reverse("editorial_release_new"), {"name": "Hösten", "at": f"{moment:%Y-%m-%d %H:%M}"})
        release = Release.objects.get()
        assert made.url == reverse("editorial_release", args=[release.pk])
        add = reverse("editorial_release_add", args=[release.pk])
        assert "Nytt" in client.get(add).content.decode()
        assert "Gammalt" in client.get(f"{add}?q=gamm").content.decode()
        client.post(add, {"revision": [revision.pk], "page": [old.pk]})
        assert release.items.count() == 2
        shown = client.get(made.url).content.decode()
        assert "Nytt" in shown
        assert "Gammalt" in shown
        assert client.post(reverse("editorial_release_check", args=[release.pk])).status_code == 302
        client.post(reverse("editorial_release_start", args=[release.pk]))
        assert schedule.run_due() == 1
        undo = reverse("editorial_release_undo", args=[release.pk])
        assert client.post(undo, {"reason": ""}).status_code == 200
        assert client.post(undo, {"reason": "Fel dag"}).status_code == 302
        assert fresh(old).live
        assert "Fel dag" in client.get(made.url).content.decode()

    def test_an_editor_sees_it_and_has_no_buttons(self, chief, people):
        release = a_release(chief, approved(title="Nytt"))
        place = reverse("editorial_release", args=[release.pk])
        shown = signed_in(people["editor"]).get(place).content.decode()
        assert "Nytt" in shown
        assert reverse("editorial_release_start", args=[release.pk]) not in shown
        assert signed_in(people["editor"]).get(reverse("editorial_releases")).status_code == 200

    @pytest.mark.parametrize("role", ["author", "reviewer", "translator", "administrator"])
    def test_others_see_no_releases(self, role, chief, people):
        release = a_release(chief, approved())
        for name, args in (("editorial_releases", []), ("editorial_release", [release.pk])):
            assert signed_in(people[role]).get(reverse(name, args=args)).status_code in (302, 403)

    def test_dissolving_leaves_each_page_its_own_time(self, chief):
        own = later(days=5)
        revision = approved(go_live_at=own)
        release = a_release(chief, revision)
        signed_in(chief).post(reverse("editorial_release_dissolve", args=[release.pk]))
        assert not Release.objects.exists()
        assert Revision.objects.get(pk=revision.pk).approved_go_live_at == own

    def test_the_plan_says_that_it_is_part_of_a_release(self, chief):
        a_release(chief, approved(title="Nytt"), down=[make_page(title="Gammalt")])
        shown = signed_in(chief).get(reverse("editorial_plan") + "?view=list").content.decode()
        assert shown.count("i släppet ”Läsåret”") >= 2
