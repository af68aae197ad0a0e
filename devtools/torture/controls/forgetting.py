"""Forms that come back without what was typed."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "devtools.torture.controls.apps.Forgetting"]
