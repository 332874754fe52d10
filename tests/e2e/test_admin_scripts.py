"""What Wagtail starts with inline scripts works under a policy that forbids them. `browser` fails on any violation."""

import pytest
import requests

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
PICKERS = "() => [...document.querySelectorAll('#id_go_live_at, #id_expire_at')].map(e => Boolean(jQuery(e).data('xdsoft_datetimepicker')))"
WAITING = "() => document.querySelectorAll('[data-controller=inline-call]:not([data-inline-call-done])').length"


def sign_in(page, portal) -> None:
    page.goto(f"{portal.url}/admin/login/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", "demo-vatterlunda")
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{portal.url}/admin/")


def test_panels_choosers_and_dates_start_in_the_page_editor(demo_portal, browser):
    found = requests.get(f"{demo_portal.url}/api/v2/pages/?type=articles.BlogPostPage&limit=1", timeout=60).json()
    page = browser(viewport={"width": 1400, "height": 1000}).page()
    sign_in(page, demo_portal)
    page.goto(f"{demo_portal.url}/admin/pages/{found['items'][0]['id']}/edit/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(WAITING) == 0
    assert page.evaluate(PICKERS) == [True, True]
    before = int(page.input_value("#id_bylines-TOTAL_FORMS"))
    page.evaluate("document.querySelector('#id_bylines-ADD').click()")
    assert int(page.input_value("#id_bylines-TOTAL_FORMS")) == before + 1
    page.wait_for_function(f"({WAITING})() === 0")  # also those of the new row
    page.evaluate("document.querySelector('.image-chooser [data-chooser-action-choose]').click()")
    page.wait_for_selector(".modal-dialog [name=q]")
