"""`make run`: one machine, one command. The demo's logins work here."""

import os
from urllib.parse import urlsplit

from settings.base import *  # noqa: F403
from settings.base import DATA_DIR, ENV, SITE_URL
from settings.env import generated_key

DEBUG = os.environ.get("RELOAD") == "1"
SECRET_KEY = ENV.secret_key or generated_key(DATA_DIR)
ALLOWED_HOSTS = ENV.allowed_hosts or [".localhost", "127.0.0.1", "[::1]", *filter(None, [urlsplit(SITE_URL).hostname])]
ROOT_URLCONF = "settings.dev_urls"
STATIC_ROOT = None  # static files are served from where they lie
