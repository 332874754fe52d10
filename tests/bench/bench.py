"""Benchmarks as comparisons within one run: each page through our serving, and through Wagtail's own, in turn.

    make bench

Prints, for each page, the SQL statements and the median processor time of both, and the ratio. Figures of one machine are
not compared with those of another.
"""

import os
import statistics
import sys
import time
from io import StringIO

import django

ROUNDS = 20
PAGES = ["", "metoder", "metoder/kollegaobservationer", "nyheter", "boktips", "blogg", "tema/kollegialt-larande"]


def prepare() -> None:
    """The demo world in a database of its own; built once."""
    from django.core.management import call_command

    from home.portal import is_empty

    call_command("migrate", verbosity=0, interactive=False)
    if is_empty():
        call_command("demo", stdout=StringIO())


def measure(view, path: str) -> tuple[int, float]:
    """`(statements, milliseconds of processor time)`: the median of ROUNDS renderings by `view`."""
    from django.contrib.auth.models import AnonymousUser
    from django.db import connection
    from django.test import RequestFactory
    from django.test.utils import CaptureQueriesContext

    def render() -> None:
        request = RequestFactory().get(f"/{path}/" if path else "/")
        request.user = AnonymousUser()
        response = view(request, f"{path}/" if path else "")
        if hasattr(response, "render"):
            response.render()

    render()
    with CaptureQueriesContext(connection) as captured:
        render()
    times = []
    for _round in range(ROUNDS):
        began = time.process_time()
        render()
        times.append((time.process_time() - began) * 1000)
    return len(captured), statistics.median(times)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.test")
    django.setup()
    from django.utils import translation
    from wagtail import views

    from home.serving import serve

    prepare()
    translation.activate("sv")
    print(f"{'page':34}{'SQL':>5}{'ms':>8}{'SQL stock':>11}{'ms stock':>10}{'ratio':>8}")
    for path in PAGES:
        ours, stock = measure(serve, path), measure(views.serve, path)
        print(f"/{path:33}{ours[0]:>5}{ours[1]:>8.1f}{stock[0]:>11}{stock[1]:>10.1f}{ours[1] / stock[1]:>8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
