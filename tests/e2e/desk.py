"""A person at work in the newsroom: what they do with mouse and keyboard, in a browser of their own."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

from PIL import Image as Picture

from tests.servers import until

PASSWORD = "demo-vatterlunda"
SCREEN = {"width": 1400, "height": 1000}
PATIENCE = 30_000  # milliseconds; a busy machine is slow
WORKFLOW_BUTTONS = "footer [data-w-dropdown-target=toggle]"


def picture_file(folder: Path) -> Path:
    """A photograph to upload."""
    content = BytesIO()
    Picture.effect_mandelbrot((1600, 1000), (-2, -1.25, 1, 1.25), 60).convert("RGB").save(content, "JPEG")
    path = folder / "klassrum.jpg"
    path.write_bytes(content.getvalue())
    return path


class Desk:
    """The newsroom's screens as one person uses them. Addresses are opened as from a bookmark or a mail."""

    def __init__(self, portal, browser, username: str, **options):
        self.portal, self.username = portal, username
        self.watched = browser(**{"viewport": SCREEN, **options})
        self.page = self.watched.page()
        self.page.set_default_timeout(PATIENCE)

    def open(self, address: str = "/admin/") -> "Desk":
        """Opens an address, signing in first where the newsroom asks for it."""
        self.page.goto(address if address.startswith("http") else self.portal.url + address)
        if "/admin/login/" in self.page.url:
            self.page.locator("[name=username]").fill(self.username)
            self.page.locator("[name=password]").fill(PASSWORD)
            self.page.keyboard.press("Enter")
            self.page.wait_for_url(lambda url: "/admin/login/" not in url)
        return self

    def choose_in_tree(self, *titles: str) -> None:
        """Walks down the page tree in the side menu."""
        self.page.locator(".sidebar").get_by_role("button", name="Sidor", exact=True).click()
        explorer = self.page.locator(".c-page-explorer")
        for title in titles[:-1]:
            explorer.get_by_role("link", name=f"Visa undersidor av '{title}'").first.click()
        explorer.locator(".c-page-explorer__item__link", has_text=titles[-1]).first.click()
        self.page.wait_for_url("**/admin/pages/*/")

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def write(self, name: str, text: str) -> None:
        """Types into a field of the form, replacing what it held."""
        field = self.page.locator(f"[name={name}]")
        field.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Tab")

    def add_block(self, field: str, label: str) -> int:
        """Picks a block at the end of a stream; returns its place."""
        section = self.page.locator("section.w-panel", has=self.page.locator(f"[name={field}-count]")).last
        place = int(self.page.locator(f"[name={field}-count]").input_value())
        section.locator("button.c-sf-add-button").last.click()
        search = self.page.locator(".w-combobox input")
        search.fill(label)
        self.page.get_by_role("option", name=label, exact=True).first.click()
        self.page.locator(f"[name={field}-{place}-type]").wait_for(state="attached")
        return place

    def write_rich_text(self, name: str, text: str) -> None:
        """Types into a rich text editor."""
        field = self.page.locator(f"[name={name}]")
        field.locator("xpath=..").locator("[contenteditable=true]").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        until(lambda: text in field.input_value(), what="the editor's noting of the text")  # it does so a moment later

    def upload_picture(self, chooser: str, path: Path, title: str) -> None:
        """Uploads a picture in the dialogue of an image chooser."""
        page = self.page
        page.locator(f"#{chooser}-chooser .unchosen button").click()
        page.locator(".modal #tab-label-upload").click()
        page.locator("#tab-upload input[type=file]").set_input_files(path)
        page.locator("#tab-upload [name$=-title]").fill(title)
        page.locator("#tab-upload button[type=submit]").click()
        page.locator(".modal").wait_for(state="detached")
        page.locator(f"#{chooser}-chooser .chosen").wait_for()

    def show_status(self) -> None:
        """Opens the status panel, which the newsroom may have kept open from the last time."""
        toggle = self.page.locator("button[data-side-panel-toggle=status]")
        if toggle.get_attribute("aria-expanded") == "false":
            toggle.click()

    def propose_time(self, moment: datetime) -> None:
        """Sets when the page is to go live, in the dialogue of the status panel."""
        page = self.page
        self.show_status()
        page.locator("[data-a11y-dialog-show=schedule-publishing-dialog]").first.click()
        dialog = page.locator("#schedule-publishing-dialog")
        dialog.locator("[name=go_live_at]").fill(moment.strftime("%Y-%m-%d %H:%M"))
        dialog.locator("button[type=submit]").focus()
        with page.expect_event("load"):
            page.keyboard.press("Enter")

    def save(self) -> None:
        with self.page.expect_event("load"):
            self.page.locator("footer .action-save").click()

    def submit(self) -> None:
        """Sends the page in, by the only button that leads on."""
        self.page.locator(WORKFLOW_BUTTONS).click()
        with self.page.expect_event("load"):
            self.page.locator("[name=action-submit]").first.click()
        self.has_left_the_editor()

    def verdict(self, action: str) -> None:
        """Gives a verdict that asks nothing more."""
        self.page.locator(WORKFLOW_BUTTONS).click()
        with self.page.expect_event("load"):
            self.page.locator(f"[data-workflow-action-name={action}]:not([data-workflow-action-modal-url])").click()
        self.has_left_the_editor()

    def verdict_with(self, action: str, comment: str) -> None:
        """Gives a verdict with a comment."""
        self.page.locator(WORKFLOW_BUTTONS).click()
        self.page.locator(f"[data-workflow-action-name={action}][data-workflow-action-modal-url]").click()
        self.page.locator(".modal textarea").fill(comment)
        with self.page.expect_event("load"):
            self.page.locator(".modal button[type=submit]").click()
        self.has_left_the_editor()

    def has_left_the_editor(self) -> None:
        """A verdict that was taken leads away from the page; one that was refused, or only saved, stays and says why."""
        assert not self.page.url.endswith("/edit/"), self.messages()

    def messages(self) -> str:
        """What the newsroom says at the top of the screen."""
        return self.page.locator(".messages").inner_text()
