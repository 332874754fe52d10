"""Methods side by side: one row for each fact, and whether the methods differ in it."""

from django.utils.translation import gettext, ngettext

LEAST, MOST = 2, 4  # methods in a comparison
EVIDENCE = ("Not assessed", "Limited evidence", "Some evidence", "Good evidence", "Strong evidence")


def comparison(methods: list) -> list[dict]:
    """`{label, cells, differs}` for each fact that one of the methods states; a cell is `{lines, is_guideline}`.

    A cell without lines is a fact that the method does not state.
    """
    if not methods:
        return []
    facts = [{fact["key"]: fact for fact in method.facts} for method in methods]
    labels = {key: fact["label"] for found in facts for key, fact in found.items()}
    terms = {name: _terms(methods, name) for name in ("school_forms", "themes")}
    rows = [_row(gettext("Purpose"), [[method.purpose] for method in methods])]
    for key in ("group", "minutes", "meetings", "weeks", "preparation", "cost", "difficulty"):
        if key in labels:
            row = _row(labels[key], [[found[key]["value"]] if key in found else [] for found in facts])
            for cell, found in zip(row["cells"], facts, strict=True):
                cell["is_guideline"] = key in found and found[key]["is_guideline"]
            rows.append(row)
    rows += [
        _row(gettext("One meeting"), [_steps(method) for method in methods]),
        _row(gettext("Roles"), [[role.value["name"] for role in method.roles] for method in methods]),
        _row(gettext("School forms"), [terms["school_forms"].get(method.pk, []) for method in methods]),
        _row(gettext("Themes"), [terms["themes"].get(method.pk, []) for method in methods]),
        _row(gettext("Evidence"), [[_evidence(method)] for method in methods]),
    ]
    return [row for row in rows if any(cell["lines"] for cell in row["cells"])]


def _row(label: str, lines: list[list[str]]) -> dict:
    differs = any(set(one) != set(lines[0]) for one in lines)
    return {"label": label, "cells": [{"lines": one, "is_guideline": False} for one in lines], "differs": differs}


def _terms(methods: list, name: str) -> dict[int, list[str]]:
    """The labels of the methods' terms, by method. One statement."""
    field = type(methods[0])._meta.get_field(name)
    through, term = field.remote_field.through, field.related_model._meta.model_name
    found: dict[int, list[str]] = {}
    keys = [method.pk for method in methods]
    for row in through.objects.filter(methodpage__in=keys).select_related(term).order_by(f"{term}__sort_order", "pk"):
        found.setdefault(row.methodpage_id, []).append(getattr(row, term).label)
    return found


def _steps(method) -> list[str]:
    number = len(method.steps)
    if not number:
        return []
    steps = ngettext("%(number)s step", "%(number)s steps", number) % {"number": number}
    return [f"{steps}, {method.steps_minutes} min" if method.steps_minutes else steps]


def _evidence(method) -> str:
    words = gettext(EVIDENCE[method.evidence_strength])
    return f"{words} ({method.evidence_strength}/4)" if method.evidence_strength else words
