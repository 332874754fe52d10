"""Spreadsheets whose cells are what they say: a title that begins like a formula stays a title."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class SafeCells:
    """Mixed into views that export. In the binary format Wagtail marks text as text; a line of CSV cannot."""

    def preprocess_field_value(self, field, value, export_format):
        shown = super().preprocess_field_value(field, value, export_format)
        if export_format == self.FORMAT_CSV and isinstance(shown, str) and shown.startswith(FORMULA):
            return f"'{shown}"
        return shown
