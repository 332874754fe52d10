from django import template
from django.conf import settings

from editorial import reports, words

register = template.Library()


@register.inclusion_tag("editorial/what_happens.html")
def what_happens(page) -> dict:
    """The sentence on what is going to happen to a page."""
    return {"sentence": words.what_happens(page) if page.pk else None}


@register.simple_tag(takes_context=True)
def pages_using(context, image) -> list:
    """The pages on which a picture stands."""
    return reports.pages_using(image, context["request"].user)


@register.simple_tag
def site_name() -> str:
    return settings.WAGTAIL_SITE_NAME
