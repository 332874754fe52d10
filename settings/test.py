"""The suite: as production, on a database that is thrown away (SQLite, or the PostgreSQL of TEST_DATABASE_URL)."""

import os

# What a developer has set for `make run` is not what the tests are about. Empty is the same as not set.
for name in ("CACHE_URL", "EMAIL_URL", "SEARCH_URL", "SITE_URL", "STORAGE_URL", "TRUSTED_PROXIES"):
    os.environ[name] = ""
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from settings.base import *  # noqa: F403

DEMO = True
SECRET_KEY = "for tests only"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SEARCH_LOG_IN_BACKGROUND = False  # tests write what they want to see
AXES_ENABLED = False  # switched on by the tests that attack the sign-in
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT = None  # static files are served from where they lie
