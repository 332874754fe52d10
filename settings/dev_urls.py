"""The addresses of a developer's machine: the site's own, and the page of all components."""

from django.urls import path

from home.components import components
from settings.urls import handler400, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("_components/", components, {"language": "sv"}, name="components_sv"),
    path("en/_components/", components, {"language": "en"}, name="components_en"),
    *urlpatterns,
]
