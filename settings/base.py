"""Settings that hold everywhere. What differs stands in `dev`, `test` and `production`."""

from datetime import timedelta

import environ
from csp.constants import NONE, SELF, UNSAFE_INLINE

from settings import logs
from settings.env import BASE_DIR, read

ENV = read()
DATA_DIR = ENV.data_dir
DEMO = ENV.demo
SITE_URL = ENV.site_url
SEARCH_ENGINE = ENV.search_engine  # None: the database is searched
TRUSTED_PROXIES = ENV.trusted_proxies or 0
DEBUG = False
SECRET_KEY = ENV.secret_key

INSTALLED_APPS = [
    # Before Wagtail, so that their templates win.
    "core",
    "methods",
    "articles",
    "editorial",
    "search",
    "home",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.typed_table_block",
    "wagtail.api.v2",
    "wagtail.embeds",
    "wagtail.sites",
    "editorial.users.NewsroomUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "rest_framework",
    "post_office",
    "axes",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "core.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.ContentSecurityPolicy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "core.middleware.Compression",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.throttle.remember_device",
    "axes.middleware.AxesMiddleware",
    "editorial.doors.keep_to_own_pages",
    "core.middleware.atomic_writes",
    "home.redirects.old_addresses",
]

ROOT_URLCONF = "settings.urls"
WSGI_APPLICATION = "settings.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.frame.frame",
            ],
        },
    }
]

DATABASES = {"default": ENV.database}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Web and worker share the file: writers wait for each other, readers never do. A new file has blocks of 16 kB: a search
    # that finds nothing of it in memory reads a third as many.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
    # Short questions with many conditions: compiling each anew takes a second, which running it never does.
    # A process that is stopped in the middle of a transaction keeps what others wait for: a minute, then the server takes it.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c jit=off -c idle_in_transaction_session_timeout=60s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if ENV.cache_url:
    # Seconds: a cache that answers slower than this is no help.
    _PATIENCE = {"socket_connect_timeout": 0.25, "socket_timeout": 0.25, "retry": None}
    CACHES = {"default": {"BACKEND": "core.cache.ForgivingRedisCache", "LOCATION": ENV.cache_url, "OPTIONS": _PATIENCE}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Mail goes into the outbox in the transaction that causes it; the worker sends it.
EMAIL_BACKEND = "editorial.mail.Outbox"
_MAIL = environ.Env.email_url_config(ENV.email_url)
EMAIL_HOST, EMAIL_PORT = _MAIL.get("EMAIL_HOST") or "localhost", _MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_USER") or "", _MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_TLS", False), _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = "Kollegiet <noreply@localhost>"
POST_OFFICE = {
    "BACKENDS": {"default": _MAIL["EMAIL_BACKEND"]},
    "DEFAULT_PRIORITY": "medium",
    "MAX_RETRIES": 1440,  # a day: a mail server that is down over a weekday's evening loses nothing
    "RETRY_INTERVAL": timedelta(minutes=1),
    "BATCH_SIZE": 1,  # what was sent is noted batch by batch: a worker that is killed repeats at most one mail
    "BATCH_DELIVERY_TIMEOUT": 90,
    "THREADS_PER_PROCESS": 1,
    "LOG_LEVEL": 1,
    "LOCK_FILE_NAME": "post_office",
}

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["core.throttle.ThrottledBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds; an invitation is such a link

# Ten wrong passwords for one account from one address close that door for a quarter of an hour. `core/throttle.py` says how
# many an account may have from all addresses, an address for all accounts, and why a known device still gets in.
AXES_HANDLER = "core.throttle.Handler"
AXES_FAILURE_LIMIT = 10
AXES_LOCKOUT_PARAMETERS = "core.throttle.lockout_parameters"
AXES_USERNAME_CALLABLE = "core.throttle.account"
AXES_CLIENT_IP_CALLABLE = "core.throttle.client_address"
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "core.throttle.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

SEARCH_LOG_IN_BACKGROUND = True  # what is searched for is counted by a thread of each process

LANGUAGE_CODE = "sv"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale/wagtail"]
TIME_ZONE = "Europe/Stockholm"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": ENV.storage}
    if ENV.storage
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Headers. Public pages carry neither inline script nor nonce, so that they can be cached.
EMBED_HOSTS = ["https://www.youtube-nocookie.com", "https://player.vimeo.com", "https://urplay.se"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *ENV.media_origins],
        "font-src": [SELF],
        "media-src": [SELF, *ENV.media_origins],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF, *EMBED_HOSTS],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}
# The rich text editor puts style elements into the page.
ADMIN_CSP_UPDATE = {"style-src": [UNSAFE_INLINE], "img-src": ["blob:"], "worker-src": [SELF, "blob:"]}
PERMISSIONS_POLICY = {
    name: []
    for name in ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer", "microphone", "payment", "usb")
}
PERMISSIONS_POLICY["fullscreen"] = "*"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # wants DENY; the newsroom's preview is a frame of the site's own
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

WAGTAIL_SITE_NAME = "Kollegiet"
WAGTAILADMIN_BASE_URL = SITE_URL or f"http://127.0.0.1:{ENV.port}"
WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("sv", "Svenska"), ("en", "English")]
WAGTAIL_USER_TIME_ZONES = ["Europe/Stockholm"]
WAGTAIL_DATETIME_FORMAT = "%Y-%m-%d %H:%M"
BIN_KEEPS = timedelta(days=30)  # how long deleted pages can be brought back
WAGTAIL_FINISH_WORKFLOW_ACTION = "editorial.finish.finish_workflow"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_WORKFLOW_CANCEL_ON_PUBLISH = True
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAILADMIN_NOTIFICATION_USE_HTML = False
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAILADMIN_USER_LOGIN_FORM = "editorial.accounts.SignInForm"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "editorial.accounts.PasswordResetForm"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILIMAGES_IMAGE_MODEL = "core.CustomImage"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif", "gif", "heic"]
WAGTAILDOCS_DOCUMENT_MODEL = "core.CustomDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "pptx", "xlsx", "odt", "txt", "vtt", "mp3", "ogg", "m4a", "webm", "mp4"]
WAGTAILDOCS_INLINE_CONTENT_TYPES = [
    "application/pdf",
    "text/vtt",
    "audio/mpeg",
    "audio/ogg",
    "audio/mp4",
    "video/webm",
    "video/mp4",
]
WAGTAILEMBEDS_FINDERS = [{"class": "core.embeds.AllowedEmbedFinder"}]
# Entries are replaced one by one; in one transaction a rebuild would hold SQLite's only write lock to its end.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "ATOMIC_REBUILD": False}}
WAGTAILAPI_LIMIT_MAX = 50
API_CORS_ORIGINS = ENV.api_cors_origins
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "core.rich_text.RichTextArea",
        "OPTIONS": {"features": ["bold", "italic", "link", "document-link", "ol", "ul", "language"]},
    }
}

LOGGING = logs.configuration(ENV.log_format)

if ENV.sentry_dsn:
    import sentry_sdk

    sentry_sdk.init(dsn=ENV.sentry_dsn, send_default_pii=False, max_breadcrumbs=0, max_request_body_size="never")
