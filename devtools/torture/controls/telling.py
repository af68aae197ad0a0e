"""The lists of the office filtered by any column."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "devtools.torture.controls.apps.Telling"]
