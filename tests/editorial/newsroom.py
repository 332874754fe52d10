"""The newsroom as people use it: Wagtail's own forms, filled in and sent as a browser would."""

from django.test import Client
from django.urls import reverse
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def edit_url(page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def form_of(client, page) -> dict:
    """The fields of the edit form as they stand on the screen."""
    response = client.get(edit_url(page))
    assert response.status_code == 200, response
    data = querydict_from_html(response.content.decode(), form_id="page-edit-form")
    for name, value in stream_data(fresh(page).get_latest_revision_as_object()).items():
        data[name] = value
    return data


def stream_data(page) -> dict:
    """What the browser's script makes of the streams: one form field per block. Plain blocks only."""
    found = {}
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            blocks = getattr(page, field.name)
            items = [(block.block_type, _sent(block.value)) for block in blocks]
            found |= nested_form_data({field.name: streamfield(items)})
            found |= {f"{field.name}-{place}-id": block.id for place, block in enumerate(blocks)}
    return found


def _sent(value):
    return rich_text(value.source, features=["bold"]) if isinstance(value, RichText) else value


def send(client, page, form=None, **values):
    """Sends the edit form, with some fields changed and one button pressed."""
    data = (form or form_of(client, page)).copy()
    for name, value in values.items():
        data[name.replace("__", "-")] = value
    return client.post(edit_url(page), data)


def autosave(client, page, **values):
    """What the browser sends by itself while someone writes."""
    form = form_of(client, page).copy()
    for name, value in values.items():
        form[name.replace("__", "-") if name.startswith("body") else name] = value
    return client.post(edit_url(page), form, headers={"accept": "application/json"})


def write(user, page, **values):
    return send(signed_in(user), page, **values)


def submit(user, page, **values):
    return write(user, page, action__submit="1", **values)


def decide(user, page, verdict="approve", form=None, **values):
    values |= {"action__workflow__action": "1", "workflow__action__name": verdict}
    return send(signed_in(user), page, form, **values)


def fresh(page):
    return Page.objects.get(pk=page.pk).specific


def approve_all(page, *users):
    """One approval per step, by way of the task: what a button does."""
    for user in users:
        page = fresh(page)
        page.current_workflow_task.on_action(page.current_workflow_task_state, user, "approve")
    return fresh(page)
