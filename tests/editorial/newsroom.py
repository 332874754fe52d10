"""The newsroom as people use it: Wagtail's own forms, filled in and sent as a browser would."""

from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import querydict_from_html


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
    return querydict_from_html(response.content.decode(), form_id="w-editor-form")


def send(client, page, form=None, **values):
    """Sends the edit form, with some fields changed and one button pressed."""
    data = (form or form_of(client, page)).copy()
    for name, value in values.items():
        data[name.replace("__", "-")] = value
    return client.post(edit_url(page), data)


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
