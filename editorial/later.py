"""What is approved for later survives what happens to a page now."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from wagtail.models import Revision


@contextmanager
def keeping_later(page, moment: datetime) -> Iterator[None]:
    """Wagtail forgets every schedule of a page that goes live or down. What is approved for later than `moment` stays."""
    later = Revision.page_revisions.filter(object_id=str(page.pk), approved_go_live_at__gt=moment)
    kept = list(later.values_list("pk", "approved_go_live_at"))
    yield
    for pk, approved in kept:
        Revision.objects.filter(pk=pk).update(approved_go_live_at=approved)
