"""The clock of this machine is CLOCK_SHIFT seconds off, and its senders go by it."""

from devtools.bench.settings import INSTALLED_APPS
from devtools.torture.controls.clock import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "devtools.torture.controls.apps.OwnClock"]
