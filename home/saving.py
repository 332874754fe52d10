"""Pages that a reader keeps: in their own browser, or in an address that they send. The server keeps nothing."""

from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from core.cards import make_cards, targets_in_language
from core.context import share

MOST = 50  # pages of one list; its address still fits in a QR code
LONGEST_KEY = 15  # digits


class KeysField(forms.Field):
    """Keys of pages, each once, in order. What is no key is ignored, so that no address is an error."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value) -> list[int]:
        keys = [int(text) for text in value or () if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY]
        return list(dict.fromkeys(keys))


class SavedForm(forms.Form):
    id = KeysField(required=False)


def query(keys) -> str:
    return urlencode([("id", key) for key in keys])


def listed(keys: list[int], language: str, request) -> list[dict]:
    """`{card, keys, lang, remove_url}` for what is public of these pages, in the language where it is there."""
    targets = targets_in_language(keys, Locale.objects.get(language_code=language).pk)
    chosen: dict[int, list[int]] = {}
    for key in keys:
        if key in targets:
            chosen.setdefault(targets[key].pk, []).append(key)
    pages = {page.pk: page for page in targets.values()}
    cards = make_cards([pages[pk] for pk in chosen], request)
    return [
        {
            "card": card,
            "keys": chosen[card.page_id],
            "lang": pages[card.page_id].locale.language_code,
            "remove_url": f"?{query(key for key in keys if key not in chosen[card.page_id])}",
        }
        for card in cards
    ]


@require_safe
def saved(request, language: str):
    """The list of an address; without one, what the list is, for the browser to put its own in."""
    form = SavedForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data["id"]
    places = {code: reverse(f"saved_{code}") for code, _label in settings.LANGUAGES}
    with translation.override(language):
        items = listed(asked[:MOST], language, request) if asked else []
        kept = query(key for item in items for key in item["keys"])
        request.translated_urls = {code: f"{place}?{kept}" if kept else place for code, place in places.items()}
        path = request.translated_urls[language]
        context = {
            "items": items, "total": len(items), "share": share(_("Saved pages"), path, request), "is_missing": len(items) < len(asked[:MOST]),
            "is_cut": len(asked) > MOST, "most": MOST, "is_given": bool(asked), "noindex": True,
        }  # fmt: skip
        return render(request, "home/saved.html", context)
