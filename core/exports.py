"""Spreadsheets whose cells are what they say: a title that begins like a formula stays a title."""

from functools import wraps

from wagtail.admin.views.mixins import SpreadsheetExportMixin

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def connect() -> None:
    """Every export of the newsroom goes this way. In the binary format Wagtail marks text as text; a line of CSV cannot."""
    preprocess = SpreadsheetExportMixin.preprocess_field_value

    @wraps(preprocess)
    def preprocess_safely(self, field, value, export_format):
        shown = preprocess(self, field, value, export_format)
        if export_format == self.FORMAT_CSV and isinstance(shown, str) and shown.startswith(FORMULA):
            return f"'{shown}"
        return shown

    SpreadsheetExportMixin.preprocess_field_value = preprocess_safely
