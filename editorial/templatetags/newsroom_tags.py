from django import template
from django.conf import settings

from editorial import reports, undo, words
from editorial.rescheduling import Lane, movable

register = template.Library()


@register.inclusion_tag("editorial/what_happens.html", takes_context=True)
def what_happens(context, page) -> dict:
    """The sentence on what is going to happen to a page, where its time is moved, its next reading where that is near, and
    the button that takes its publication back. All but the sentence for those who may.
    """
    if not page.pk:
        return {}
    user = context["request"].user
    publication = undo.open_for(page, user)
    return {
        "page": page,
        "sentence": words.what_happens(page),
        "can_be_moved": page.scheduled_revision and page.pk in movable([page], user)[Lane.PUBLISH],
        "publication": publication,
        "time_left": publication and undo.time_left(publication),
        "reading": reports.near_reading(page, user),
        "csrf_token": context["csrf_token"],
    }


@register.simple_tag(takes_context=True)
def pages_using(context, image) -> list:
    """The pages on which a picture stands."""
    return reports.pages_using(image, context["request"].user)


@register.simple_tag
def site_name() -> str:
    return settings.WAGTAIL_SITE_NAME
