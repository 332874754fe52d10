"""Every address of the site. Nothing here is behind a setting: what production serves is what a developer sees."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail.admin import urls as admin_urls

from editorial import calendar_feed
from home import api, feeds, files, health, openapi, saving, serving, sharing, sitemaps, views
from search import views as search_views

handler400 = "home.views.bad_request"
handler404 = "home.views.not_found"
handler500 = "home.views.server_error"

urlpatterns = [
    path("admin/", include(admin_urls)),
    re_path(r"^documents/(\d+)/(.*)$", files.document, name="wagtaildocs_serve"),
    path(
        "documents/authenticate_with_password/<int:restriction_id>/",
        files.document_password,
        name="wagtaildocs_authenticate_with_password",
    ),
    path("api/v2/openapi.json", openapi.openapi, name="openapi"),
    path("api/v2/", RedirectView.as_view(pattern_name="api_sv")),
    path("api/v2/", api.router.urls),
    path("api/", openapi.explanation, {"language": "sv"}, name="api_sv"),
    path("en/api/", openapi.explanation, {"language": "en"}, name="api_en"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/<slug:section>.xml", sitemaps.section, name="sitemap_section"),
    path("delningsbild/<int:key>/<slug:mark>.png", sharing.share_picture, name="share_picture"),
    path("qr.svg", views.qr, name="qr"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    # The same view under the address of each language; the names differ so that each can be reversed in any language.
    path("sok/", search_views.search, {"language": "sv"}, name="search_sv"),
    path("sok/forslag", search_views.suggest, {"language": "sv"}, name="suggest_sv"),
    path("en/search/", search_views.search, {"language": "en"}, name="search_en"),
    path("en/search/suggest", search_views.suggest, {"language": "en"}, name="suggest_en"),
    path("sok/oppnad", search_views.opened, {"language": "sv"}, name="search_opened_sv"),
    path("en/search/opened", search_views.opened, {"language": "en"}, name="search_opened_en"),
    path("rapportera-brist/", views.report_barrier, {"language": "sv"}, name="barrier_sv"),
    path("en/report-a-barrier/", views.report_barrier, {"language": "en"}, name="barrier_en"),
    path("sparat/", saving.saved, {"language": "sv"}, name="saved_sv"),
    path("en/saved/", saving.saved, {"language": "en"}, name="saved_en"),
    path("feeds/", feeds.index, {"language": "sv"}, name="feeds_sv"),
    path("en/feeds/", feeds.index, {"language": "en"}, name="feeds_en"),
    path("feeds/plan/<slug:token>.ics", calendar_feed.feed, name="calendar_feed"),
    path("feeds/<slug:name>.<slug:form>", feeds.feed, {"language": "sv"}, name="feed_sv"),
    path("feeds/<slug:group>/<slug:name>.<slug:form>", feeds.feed, {"language": "sv"}, name="feed_sv"),
    path("en/feeds/<slug:name>.<slug:form>", feeds.feed, {"language": "en"}, name="feed_en"),
    path("en/feeds/<slug:group>/<slug:name>.<slug:form>", feeds.feed, {"language": "en"}, name="feed_en"),
    re_path(
        r"^(?P<archive>nyhetslistning/nyhetsarkiv|blogglistning/bloggarkiv)/\d{4}-\d\d-\d\d-(?P<slug>[\w-]+)/?$",
        views.old_address,
    ),
    re_path(r"^media/(?P<path>(?:images|original_images)/.+)$", files.picture),
    re_path(r"^media/(?P<path>avatar_images/.+)$", files.avatar),
    *i18n_patterns(
        re_path(
            r"^_util/authenticate_with_password/(\d+)/(\d+)/$",
            serving.authenticate_with_password,
            name="wagtailcore_authenticate_with_password",
        ),
        re_path(r"^_util/login/$", serving.login, name="wagtailcore_login"),
        re_path(r"^((?:[\w\-]+/)*)$", serving.serve, name="wagtail_serve"),
        re_path(r"^((?:[\w\-]+/)+[\w\-]+\.(?:pdf|ics))$", serving.serve, name="file_below_a_page"),
        prefix_default_language=False,
    ),
]
