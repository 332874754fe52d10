"""Tools at addresses below a page: one address for each language, and a frame that knows about it."""

from django.conf import settings
from django.http import Http404
from django.template.response import TemplateResponse
from wagtail.contrib.routable_page.models import RoutablePageMixin

from core.addresses import url_of

LANGUAGES = [code for code, _label in settings.LANGUAGES]


class WithTools(RoutablePageMixin):
    """A page with tools below it. The routes of a tool are named `<tool>_<language>`; a page knows those of its own."""

    def resolve_subpage(self, path):
        match = super().resolve_subpage(path)
        language = match.url_name.rpartition("_")[2]
        if language in LANGUAGES and language != self.locale.language_code:
            raise Http404
        return match

    def serve_preview(self, request, mode_name):
        """As every page's: what is previewed is the page, never a tool."""
        return super(RoutablePageMixin, self).serve_preview(request, mode_name)

    def path_of(self, tool: str, language: str | None = None) -> str:
        """The part of a tool's address that stands after the page's. Files have no slash at their end."""
        path = self.reverse_subpage(f"{tool}_{language or self.locale.language_code}")
        return path.rstrip("/") if "." in path else path

    def url_of_tool(self, tool: str, request=None) -> str:
        """The address of a tool; an empty string for a page without one, such as the preview of a new page."""
        url = url_of(self, request)
        return f"{url}{self.path_of(tool)}" if url else ""

    def show_tool(
        self, request, tool: str, title: str, queries: dict[str, str] | None = None, description="", **context
    ):
        """A tool's page, from the template of its name.

        `queries` are the parameters under which each language shows the same, without the question mark. Nothing is
        fetched but what the tool gives and the frame asks for.
        """
        queries = queries or {}
        request.shown_page = self
        request.shown_below = {
            code: self.path_of(tool, code) + (f"?{queries[code]}" if queries.get(code) else "") for code in LANGUAGES
        }
        values = {"page": self, "is_tool": True, "tool_url": self.url_of_tool(tool, request), "json_ld": None}
        meta = {"title": title, "description": description, "type": "website"}
        return TemplateResponse(request, f"{self._meta.app_label}/{tool}.html", values | {"meta": meta} | context)
