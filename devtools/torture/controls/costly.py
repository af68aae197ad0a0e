"""A mail server that is away costs attempts, and is not asked whether it is back."""

from devtools.bench.settings import *  # noqa: F403
from devtools.bench.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "devtools.torture.controls.apps.Costly"]
