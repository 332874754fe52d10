"""Posts a page to the editor, as a browser does."""

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.fields import StreamField
from wagtail.users.models import UserProfile

from tests.world import index_page, make_user

FORMSETS = ("comments", "bylines")


@pytest.fixture
def signed_in(client):
    """A browser in which an editor who reads English has signed in."""
    client.user = make_user("editor")
    UserProfile.objects.update_or_create(user=client.user, defaults={"preferred_language": "en"})
    client.force_login(client.user)
    return client


def post_new(client, model, action: str = "", **values):
    """Creates a page of `model` through the editor: `action` is empty for a draft, `submit` for the workflow.

    Returns the answer; 302 means that it was stored.
    """
    parent = index_page(model)
    address = reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk])
    data = {"title": "Ny sida", "slug": "ny-sida", "intro": "En ingress.", "comment_notifications": ""}
    for field in model._meta.get_fields():
        if isinstance(field, StreamField):
            data[f"{field.name}-count"] = "0"
    for name in FORMSETS:
        data |= {
            f"{name}-TOTAL_FORMS": "0",
            f"{name}-INITIAL_FORMS": "0",
            f"{name}-MIN_NUM_FORMS": "0",
            f"{name}-MAX_NUM_FORMS": "",
        }
    data |= {"responsible": str(client.user.pk), "review_interval": "12"}
    if action:
        data[f"action-{action}"] = "1"
    return client.post(address, {**data, **values})


def errors_of(answer) -> dict[str, str]:
    """What the form said, by field, in English."""
    with translation.override("en"):
        return {name: " ".join(map(str, texts)) for name, texts in answer.context["form"].errors.items()}


def block(field: str, place: int, kind: str, value) -> dict:
    """The data of one block of a stream; `field-count` is the caller's."""
    start = f"{field}-{place}"
    data = {f"{start}-deleted": "", f"{start}-order": str(place), f"{start}-type": kind, f"{start}-id": ""}
    parts = (
        {f"{start}-value-{name}": part for name, part in value.items()}
        if isinstance(value, dict)
        else {f"{start}-value": value}
    )
    return data | parts
