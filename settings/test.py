"""The suite: as production, on a database that is thrown away."""

from settings.base import *  # noqa: F403

DEMO = True
SECRET_KEY = "for tests only"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False  # switched on by the tests that attack the sign-in
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT = None  # static files are served from where they lie
