"""A database that is away is a fault like any other."""

from devtools.bench.settings import *  # noqa: F403
from devtools.bench.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "devtools.torture.controls.apps.NoOutages"]
