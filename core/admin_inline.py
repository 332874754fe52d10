"""Choosers without inline scripts, which the Content-Security-Policy forbids. The templates beside this do the same for dates and panels."""

import re

from django.template.loader import render_to_string
from django.utils.html import format_html
from wagtail.admin.widgets import BaseChooser

CALL = re.compile(r"(?:new )?(?P<name>\w+)\((?P<arguments>.*)\);", re.DOTALL)


def render(chooser, name, value, attrs=None, renderer=None):
    """A chooser as Wagtail renders it, its script as data that `admin-inline.js` reads.

    Raises ValueError for a chooser whose script is not a single call.
    """
    data = chooser.get_value_data(value)
    script = chooser.render_js_init(attrs["id"], name, data)
    call = CALL.fullmatch(script)
    if call is None:
        raise ValueError(f"{type(chooser).__name__} starts with more than one call: {script}")
    start = render_to_string("core/inline_call.html", {"name": call["name"], "arguments": f"[{call['arguments']}]"})
    return format_html("{}{}", chooser.render_html(name, data, attrs), start)


def install():
    """Wagtail has no setting for this: every chooser renders through this one method."""
    BaseChooser.render = render
