"""What people see of the rules: a review on a telephone, an approval that is refused, two who save the same page."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import SCREEN, WORKFLOW_BUTTONS, Desk
from tests.e2e.places import findings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

PHONE = {"width": 390, "height": 844}
# Wagtail's own fields, which have no names to give.
FORM = {"exclude": [[".Draftail-Editor"], [".w-panel--nested"]]}
PUBLIC = """
from wagtail.models import Page
from articles.models import NewsPage
public = NewsPage.objects.filter(live=True, alias_of=None, has_unpublished_changes=False, locale__language_code="sv")
pages = [page for page in public.order_by("-pk") if not page.current_workflow_state][:{count}]
"""
SENT_IN = """
from core.models import User
author = User.objects.get(username="redaktor")
for page in pages:
    page = page.get_latest_revision_as_object()
    page.title, page.intro = f"Att granska {{page.pk}}", "En ingress som redaktören har skrivit om."
    page.save_revision(user=author)
    page.get_workflow().start(Page.objects.get(pk=page.pk).specific, author)
"""
NUMBERS = """
print("pages", *[page.pk for page in pages])
"""


def numbers(portal, code: str, count: int = 1) -> list[str]:
    """Runs code on public pages that nobody works with; their keys."""
    said = portal.manage("shell", "-v0", "-c", (code + NUMBERS).format(count=count))
    return re.search(r"pages ([\d ]+)", said)[1].split()


def settled(page):
    page.wait_for_load_state("networkidle")
    return page


def fits(page, name: str, within="html") -> None:
    """Nothing scrolls sideways, and axe finds nothing, targets that are too small for a finger included."""
    settled(page)
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert sizes[0] <= sizes[1], f"{name} scrolls sideways: {sizes}"
    assert not findings(page, within=within), name


def open_dialogue(page, action: str) -> None:
    page.locator(WORKFLOW_BUTTONS).click()
    page.locator(f"[data-workflow-action-name={action}][data-workflow-action-modal-url]").click()
    page.locator(".modal textarea").wait_for()
    page.wait_for_function("() => getComputedStyle(document.querySelector('.modal')).opacity === '1'")


def send_dialogue(page, comment: str) -> None:
    page.locator(".modal textarea").fill(comment)
    with page.expect_event("load"):
        page.locator(".modal button[type=submit]").click()


def test_a_reviewer_does_the_whole_job_on_a_telephone(demo_portal, browser):
    approved, returned = numbers(demo_portal, PUBLIC + SENT_IN, 2)
    reviewer = Desk(demo_portal, browser, "granskare", viewport=PHONE, has_touch=True)
    page = reviewer.page
    page.goto(f"{demo_portal.url}/admin/")
    assert page.get_by_label("Lösenord").count() == 1
    fits(page, "sign in")
    reviewer.open()
    fits(page, "dashboard")

    page.get_by_role("link", name=f"Se ändringarna i Att granska {approved}").click()
    page.wait_for_url("**/compare/**")
    assert page.locator(".addition", has_text="En ingress som redaktören har skrivit om.").count()
    fits(page, "comparison")
    page.go_back()
    page.locator("main").get_by_role("link", name=f"Att granska {approved}", exact=True).click()
    page.wait_for_url(f"**/admin/pages/{approved}/edit/")
    fits(page, "editor", FORM)
    open_dialogue(page, "approve")
    fits(page, "approval", ".modal")
    send_dialogue(page, "Tydligt och bra.")
    fits(page, "after the approval")
    assert page.locator("main").get_by_text("Väntar på Utgivning").count()

    reviewer.open()
    page.locator("main").get_by_role("link", name=f"Att granska {returned}", exact=True).click()
    page.wait_for_url(f"**/admin/pages/{returned}/edit/")
    settled(page)
    open_dialogue(page, "reject")
    fits(page, "sending back", ".modal")
    send_dialogue(page, "Skriv ut förkortningen.")
    reviewer.open()
    assert page.locator("main").get_by_role("link", name=f"Att granska {returned}", exact=True).count() == 0

    author = Desk(demo_portal, browser, "redaktor", viewport=PHONE).open()
    author.page.locator("main").get_by_role("link", name=f"Att granska {returned}", exact=True).click()
    author.page.wait_for_url(f"**/admin/pages/{returned}/edit/")
    assert "Gustav Rehn skickade tillbaka texten: Skriv ut förkortningen." in author.messages()


def test_whoever_wrote_the_text_reads_why_they_cannot_approve_it(demo_portal, browser):
    (number,) = numbers(demo_portal, PUBLIC)
    chief = Desk(demo_portal, browser, "utgivare").open(f"/admin/pages/{number}/edit/")
    chief.page.locator("[name=intro]").fill("Utgivarens egen ingress.")
    chief.submit()
    chief.open(f"/admin/pages/{number}/edit/")
    assert re.search(r"Du ändrade ingress.* \(.+\)\. Be någon annan godkänna\.", chief.messages())
    chief.page.locator(WORKFLOW_BUTTONS).click()
    assert chief.page.locator("[data-workflow-action-name=approve]").count() == 0


def test_whoever_else_has_the_page_open_is_named_to_everyone(demo_portal, browser):
    (number,) = numbers(demo_portal, PUBLIC)
    address = f"/admin/pages/{number}/edit/"
    Desk(demo_portal, browser, "redaktor").open(address)
    page = settled(Desk(demo_portal, browser, "utgivare").open(address).page)
    other = page.get_by_role("button", name="Rut Elmgren - Tittar just nu")
    assert other.count() == 1
    assert not findings(page, within=FORM)
    with page.expect_response("**/editing-sessions/ping/**"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    settled(page)
    assert other.count() == 1


def test_a_verdict_that_comes_too_late_says_so_in_the_dialogue(demo_portal, browser):
    (number,) = numbers(demo_portal, PUBLIC + SENT_IN)
    reviewer, chief = (
        Desk(demo_portal, browser, name).open(f"/admin/pages/{number}/edit/") for name in ("granskare", "utgivare")
    )
    open_dialogue(reviewer.page, "approve")
    chief.verdict_with("reject", "Inte än.")
    reviewer.page.locator(".modal button[type=submit]").click()
    reviewer.page.get_by_text("redan avgjort av Ulla Stenmark: skickat tillbaka").wait_for()
    expect(reviewer.page.locator(".modal:visible")).to_have_count(0)  # it fades


def test_whoever_knows_of_a_newer_version_is_shown_both_at_the_press_of_save(demo_portal, browser):
    (number,) = numbers(demo_portal, PUBLIC)
    address = f"/admin/pages/{number}/edit/"
    second = Desk(demo_portal, browser, "redaktor").open(address)
    first = Desk(demo_portal, browser, "utgivare").open(address)
    first.page.locator("[name=intro]").fill("Den förstas ingress.")
    first.save()
    page = settled(second.page)
    # Wagtail asks again when a tab comes forward.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("[data-w-session-intercept-value=conflict]").wait_for()
    page.locator("[name=intro]").fill("Den andras ingress.")
    second.save()
    assert page.locator(".conflict .deletion").all_inner_texts() == ["förstas"]
    assert page.locator("[name=intro]").input_value() == "Den andras ingress."


def test_whoever_saves_second_sees_both_versions_and_loses_neither(demo_portal, browser):
    (number,) = numbers(demo_portal, PUBLIC)
    address = f"/admin/pages/{number}/edit/"
    second = Desk(demo_portal, browser, "redaktor")
    second.page.clock.install()
    second.open(address)
    first = Desk(demo_portal, browser, "utgivare").open(address)
    first.page.locator("[name=intro]").fill("Den förstas ingress.")
    first.save()
    page, sent = settled(second.page), []
    page.locator("[name=intro]").fill("Den andras ingress.")
    with page.expect_response(lambda response: response.status == 409):
        second.save()
    shown = page.locator(".conflict")
    assert shown.locator(".deletion").all_inner_texts() == ["förstas"]
    assert shown.locator(".addition").all_inner_texts() == ["andras"]
    assert "Ulla Stenmark har sparat en nyare version" in second.messages()
    assert page.locator("[name=intro]").input_value() == "Den andras ingress."

    page.set_viewport_size({"width": 1100, "height": 900})
    box, button = shown.bounding_box(), page.locator(".w-minimap__collapse-all").bounding_box()
    assert box["x"] + box["width"] <= button["x"] or box["y"] >= button["y"] + button["height"]
    page.on("request", lambda request: request.method == "POST" and address in request.url and sent.append(request.url))
    page.locator("[name=intro]").press("Control+End")
    page.locator("[name=intro]").press_sequentially(" Med ett tillägg.", delay=60)
    page.clock.run_for(4_000)  # the automatic save looks for changes two seconds after the editor starts
    assert not sent
    page.set_viewport_size(PHONE)
    fits(page, "conflict", ".conflict")

    page.set_viewport_size(SCREEN)
    mine = page.locator("[name=intro]").input_value()
    second.save()
    assert second.open(address).page.locator("[name=intro]").input_value() == mine
    versions = demo_portal.manage(
        "shell", "-v0", "-c",
        f"from wagtail.models import Page; print([r.content['intro'] for r in Page.objects.get(pk={number}).revisions.all()])",
    )  # fmt: skip
    assert "Den förstas ingress." in versions
