"""`make run`: one machine, one command. The demo's logins work here."""

import os

from settings.base import *  # noqa: F403

DEBUG = os.environ.get("RELOAD") == "1"
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host] or ["*"]
