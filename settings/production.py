"""Production. Whatever has no safe default is read without one, and its name is said when it is missing."""

import os

from django.core.exceptions import ImproperlyConfigured

from settings.base import *  # noqa: F403
from settings.base import ENV, STORAGES
from settings.env import required

SECRET_KEY = required("SECRET_KEY")
required("ALLOWED_HOSTS")
ALLOWED_HOSTS = ENV.allowed_hosts
SITE_URL = required("SITE_URL").rstrip("/")
WAGTAILADMIN_BASE_URL = SITE_URL
required("DATABASE_URL")
required("EMAIL_URL")
if ENV.demo:
    raise ImproperlyConfigured("DEMO=1 brings logins that everyone knows. Production does not start with it.")

# TLS=0 is for a test of the production settings on loopback, never for a site that people use.
TLS = os.environ.get("TLS", "1") == "1"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
# One server in front ends TLS, unless said otherwise. What it forwards is believed; with 0, nothing is.
TRUSTED_PROXIES = 1 if ENV.trusted_proxies is None else ENV.trusted_proxies
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = False
