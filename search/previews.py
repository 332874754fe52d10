"""What editors see of a synonym or a promoted hit before it is saved: the page of results, with it and without it."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin

WITH, WITHOUT = "with", "without"


class PreviewedSearch(PreviewableMixin):
    """A snippet that changes what is found. It says what is searched for, and the answer when it applies."""

    preview_modes = [(WITH, _("With it")), (WITHOUT, _("Without it"))]
    default_preview_mode = WITH

    def preview_question(self) -> tuple[str, str]:
        """What is searched for in the preview, and in which language."""
        raise NotImplementedError

    def preview_options(self) -> dict:
        """What makes the answer, and the page of results, as they are with this snippet."""
        raise NotImplementedError

    def serve_preview(self, request, mode_name):
        from search.forms import SearchForm  # these read models, of which this is a part
        from search.query import Answer, Asked
        from search.views import results

        text, language = self.preview_question()
        options = self.preview_options() if mode_name == WITH else {"words": self.without(), "promotions": []}
        with translation.override(language):
            answer = Answer(Asked(text, language), words=options.get("words"))
            form = SearchForm({"q": text})
            return results(request, form, language, answer, promotions=options.get("promotions"), is_counted=False)

    def without(self):
        return None
