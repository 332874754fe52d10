"""The checklist on every path from a draft to its readers, in the editor and in lists."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision

from articles.models import NewsPage
from core.guards import Refused, authorised_publication
from core.models import Stewardship
from editorial import schedule
from editorial.checklist import check_rows
from editorial.force import force_publish
from editorial.models import ScheduleProblem, Settlement
from tests.editorial.newsroom import approve_all, decide, edit_url, form_of, fresh, signed_in, submit, write
from tests.world import index_page, make_page, make_user

pytestmark = pytest.mark.django_db
TODO = "TODO: skriv klart"


@pytest.fixture
def draft(people):
    return make_page(live=False, author=people["author"])


@pytest.fixture
def in_review(draft, people):
    draft.get_workflow().start(draft, people["author"])
    return fresh(draft)


def spoil(page, user):
    """Saves a draft with text that must not go out, past the form."""
    page = fresh(page).get_latest_revision_as_object()
    page.intro = TODO
    page.save_revision(user=user)
    return fresh(page)


def test_the_submit_button_refuses_says_where_and_keeps_the_text(draft, people):
    response = submit(people["author"], draft, intro=TODO)
    assert response.status_code == 200
    shown = response.content.decode()
    assert "Skriv den text som ska stå i stället för ”TODO”." in shown
    assert TODO in shown
    assert not fresh(draft).workflow_in_progress
    assert submit(people["author"], draft, intro="Nu är den klar.").status_code == 302
    assert fresh(draft).workflow_in_progress


def test_a_draft_may_break_every_rule(draft, people):
    assert write(people["author"], draft, intro=TODO).status_code == 302
    assert fresh(draft).get_latest_revision_as_object().intro == TODO


def test_creating_and_submitting_at_once_refuses_too(draft, people):
    client, parent = signed_in(people["editor"]), index_page(NewsPage)
    data = form_of(client, draft).copy()
    for name in ("loaded_revision_id", "loaded_revision_created_at"):
        data.pop(name, None)
    data["slug"], data["intro"], data["action-submit"] = "annan-sida", TODO, "1"
    url = reverse("wagtailadmin_pages:add", args=["articles", "newspage", parent.pk])
    assert client.post(url, data).status_code == 200
    assert not Page.objects.filter(slug="annan-sida").exists()
    data["intro"] = "Klar."
    assert client.post(url, data).status_code == 302
    assert Page.objects.get(slug="annan-sida").specific.workflow_in_progress


def test_whatever_starts_a_workflow_refuses(draft, people):
    page = spoil(draft, people["author"])
    with pytest.raises(Refused, match="TODO"):
        page.get_workflow().start(page, people["author"])


def test_an_unattended_publication_is_not_sent_in_either(draft, people):
    page = spoil(draft, people["author"])
    with pytest.raises(Refused, match="TODO"):
        page.get_latest_revision().publish(user=people["chief_editor"])


def test_a_text_that_came_back_is_held_against_the_list_again(in_review, people):
    decide(people["reviewer"], in_review, "reject", comment="Nej")
    page = spoil(in_review, people["author"])
    with pytest.raises(Refused, match="TODO"):
        page.current_workflow_state.resume(people["author"])


@pytest.mark.parametrize("step", ["first", "second"])
def test_no_step_approves(in_review, people, step):
    if step == "second":
        in_review = approve_all(in_review, people["reviewer"])
    page = fresh(in_review)
    # Written into the version itself, so that the step is not taken anew.
    revision = page.get_latest_revision()
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, "intro": TODO})
    page = fresh(page)
    task, state = page.current_workflow_task, page.current_workflow_task_state
    person = people["reviewer" if step == "first" else "chief_editor"]
    assert [name for name, *_rest in task.get_actions(page, person)] == ["reject"]
    with pytest.raises(Refused, match="TODO"):
        task.on_action(state, person, "approve")
    assert not fresh(page).live


def test_a_draft_of_a_text_under_review_may_lack_something(in_review, people):
    approve_all(in_review, people["reviewer"])
    page = spoil(in_review, people["author"])
    assert page.current_workflow_task.name == "Granskning"


def test_a_text_that_lacks_something_is_not_given_a_time(in_review, people):
    page = approve_all(in_review, people["reviewer"])
    Stewardship.objects.filter(page_id=page.pk).update(responsible=None)
    time = (timezone.now() + timedelta(days=1)).isoformat()
    with pytest.raises(Refused):
        page.current_workflow_task.on_action(
            page.current_workflow_task_state, people["chief_editor"], "approve", when="other", at=time
        )
    assert not Revision.page_revisions.filter(approved_go_live_at__isnull=False).exists()


def scheduled(page):
    """The page, approved for a time that has come."""
    page.go_live_at = timezone.now() + timedelta(days=1)
    revision = page.save_revision()
    with authorised_publication():
        revision.publish()
    past = timezone.now() - timedelta(seconds=1)
    content = {**revision.content, "go_live_at": past.isoformat()}
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past, content=content)
    return revision


def test_what_is_due_is_held_back_by_its_text_and_says_why(draft):
    draft.intro = TODO
    revision = scheduled(draft)
    schedule.run_due()
    assert not fresh(draft).live
    assert "TODO" in ScheduleProblem.objects.get(revision=revision).reason


def test_what_has_turned_since_the_approval_holds_nothing_back(draft):
    target = make_page()
    draft.body = [("paragraph", f'<p><a linktype="page" id="{target.pk}">dit</a></p>')]
    scheduled(draft)
    target.unpublish()
    schedule.run_due()
    assert fresh(draft).live


def test_force_lists_what_is_missing_and_refuses(draft, people):
    spoil(draft, people["author"])
    client, url = signed_in(people["chief_editor"]), reverse("editorial_force_publish", args=[draft.pk])
    assert "i stället för ”TODO”" in client.get(url).content.decode()
    assert client.post(url, {"reason": "Brand"}).status_code == 409
    assert not fresh(draft).live


def test_an_import_goes_out_and_its_review_lists_what_it_lacks(draft, people):
    spoil(draft, people["author"])
    review = force_publish([draft], people["editor"], "Flytt", by_operator=True)
    assert fresh(draft).live
    assert f"{draft.title}: ingress: Skriv den text" in review.findings


def test_pages_of_an_import_may_lead_to_each_other(people):
    one, other = make_page(live=False), make_page(live=False)
    for page, target in ((one, other), (other, one)):
        page.body = [("paragraph", f'<p><a linktype="page" id="{target.pk}">dit</a></p>')]
        page.save_revision()
    assert force_publish([one, other], people["editor"], "Flytt", by_operator=True).findings == ""


def test_bulk_publication_by_a_superuser_refuses(draft, people):
    spoil(draft, people["author"])
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={draft.pk}"
    client = signed_in(make_user(is_superuser=True))
    assert client.post(url, {"include_descendants": ""}).status_code == 409
    assert not fresh(draft).live
    fixed = fresh(draft).get_latest_revision_as_object()
    fixed.intro = "Klar."
    fixed.save_revision()
    client.post(url, {"include_descendants": ""})
    assert fresh(draft).live


def test_the_edit_form_of_a_superuser_refuses_and_keeps_the_text(draft):
    response = write(make_user(is_superuser=True), draft, intro=TODO, action__publish="1")
    assert TODO in response.content.decode()
    assert not fresh(draft).live


def test_what_should_be_better_stops_nothing(draft, people):
    assert submit(people["author"], draft).status_code == 302  # without a teaser
    page = approve_all(draft, people["reviewer"], people["chief_editor"])
    assert page.live


# The editor.


def panel_of(html: str) -> str:
    return re.search(r'<div class="newsroom-checklist">.*?</div>', html, re.DOTALL)[0]


def test_the_panel_says_how_much_is_left_and_what_to_do(draft, people):
    spoil(draft, people["author"])
    shown = panel_of(signed_in(people["author"]).get(edit_url(draft)).content.decode())
    assert "2 av 15 kvar" in shown
    assert "Ingress: Skriv den text som ska stå i stället för ”TODO”." in shown
    assert "Sidan finns inte på engelska." in shown


def test_an_automatic_save_brings_a_fresh_panel_and_its_number(draft, people):
    client = signed_in(people["author"])
    form = form_of(client, draft).copy()
    form["intro"] = TODO
    answer = json.loads(client.post(edit_url(draft), form, headers={"accept": "application/json"}).content)
    assert answer["success"]
    assert "2 av 15 kvar" in panel_of(answer["html"])
    assert "data-w-teleport-target-value=\"[data-side-panel='checklist']\"" in answer["html"]
    counter = answer["html"].partition("[data-side-panel-toggle='checklist'] [data-side-panel-toggle-counter]")[2]
    assert re.search(r"data-side-panel-toggle-counter[^>]*>2<", counter)


def test_a_new_page_has_the_panel_and_gets_its_contents_with_the_first_save(people):
    client, parent = signed_in(people["editor"]), index_page(NewsPage)
    url = reverse("wagtailadmin_pages:add", args=["articles", "newspage", parent.pk])
    assert "Checklistan visas här när sidan har sparats." in panel_of(client.get(url).content.decode())
    page = make_page(live=False, author=people["editor"])
    hydrated = client.get(edit_url(page) + "?_w_hydrate_create_view=1").content.decode()
    assert "1 av 15 kvar" in panel_of(hydrated)


def test_a_finding_is_settled_with_a_reason_that_the_reviewer_sees(draft, people):
    url = reverse("editorial_settle", args=[draft.pk, "teaser"])
    author = signed_in(people["author"])
    assert url in panel_of(author.get(edit_url(draft)).content.decode())
    assert author.get(url).status_code == 200
    assert author.post(url, {"reason": " "}).status_code == 200
    assert not Settlement.objects.exists()
    assert author.post(url, {"reason": "Ingressen säger <allt>"}).status_code == 302
    assert author.post(reverse("editorial_settle", args=[draft.pk, "alt"]), {"reason": "Nej"}).status_code == 409
    draft.get_workflow().start(draft, people["author"])
    shown = panel_of(signed_in(people["reviewer"]).get(edit_url(draft)).content.decode())
    assert "Allt klart" in shown
    assert "Ingressen säger &lt;allt&gt;" in shown
    assert str(people["author"]) in shown


def test_whoever_may_not_edit_the_page_may_not_settle(draft, people):
    url = reverse("editorial_settle", args=[draft.pk, "teaser"])
    signed_in(people["administrator"]).post(url, {"reason": "Jag vill"})
    assert not Settlement.objects.exists()
    assert not PageLogEntry.objects.filter(action="editorial.settled").exists()


# Lists.


def test_the_list_of_pages_has_a_column(draft, people):
    spoil(draft, people["author"])
    listing = signed_in(people["editor"]).get(reverse("wagtailadmin_explore", args=[draft.get_parent().pk]))
    assert "2 av 15 kvar" in listing.content.decode()


def test_checklists_of_many_rows_take_the_statements_of_a_few(people):
    target, counts = make_page(title="Målet"), []
    link = [("paragraph", f'<p><a linktype="page" id="{target.pk}">dit</a></p>')]
    for number in (20, 180):
        for _place in range(number):
            make_page(live=False, author=people["author"], body=link)
        rows = list(Page.objects.child_of(index_page(NewsPage)).select_related("content_type"))
        with CaptureQueriesContext(connection) as captured:
            assert len(check_rows(rows)) >= number
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8
