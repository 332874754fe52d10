"""A page's history in words: who did what, when, and which parts of the text it changed."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.pages.history import PageHistoryView

from core.models.revisions import RevisionRecord
from editorial.authors import changed_fields

SHOWN = 4  # parts that are named; an editor who changed more reads the comparison


class NewsroomHistoryView(PageHistoryView):
    """Wagtail's history. It folds the automatic saves of a sitting into one line; here each line says what was changed."""

    @cached_property
    def columns(self):
        action, *rest = super().columns
        return [action, Column("parts", label=_("Changed parts"), width="30%"), *rest]

    def get_table(self, object_list):
        entries = list(object_list)
        revisions = {entry.revision_id for entry in entries if entry.revision_id and entry.content_changed}
        records = RevisionRecord.objects.filter(revision__in=revisions).select_related("revision", "parent")
        parts = {record.revision_id: changed_fields(self.object, record.parent, record.revision) for record in records}
        for entry in entries:
            named = parts.get(entry.revision_id, ()) if entry.content_changed else ()
            entry.parts = ", ".join(named[:SHOWN]) + (" …" if len(named) > SHOWN else "")
        return super().get_table(entries)
