"""The settings of an installation whose signals are counted, and which has a receiver that can hang."""

from settings.dev import *  # noqa: F403
from settings.dev import INSTALLED_APPS as APPS

INSTALLED_APPS = [*APPS, "tests.faults.watcher.Watcher"]
