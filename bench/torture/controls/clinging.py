"""A lost connection to the database is kept."""

from bench.settings import *  # noqa: F403
from bench.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.torture.controls.apps.Clinging"]
