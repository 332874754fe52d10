"""The vocabularies a new portal starts with. Editors add to them; codes that exist are left as they are."""

import json
from pathlib import Path

from articles.terms import NewsCategory
from core.models import Audience, SchoolForm, Subject, Theme

MODELS = {
    "themes": Theme,
    "school_forms": SchoolForm,
    "subjects": Subject,
    "audiences": Audience,
    "news_categories": NewsCategory,
}


def load_terms() -> None:
    """Creates the terms that are missing."""
    listed = json.loads((Path(__file__).parent / "data/terms.json").read_text())
    for name, model in MODELS.items():
        for place, term in enumerate(listed[name]):
            model.objects.get_or_create(code=term["code"], defaults={**term, "sort_order": place})
