"""The clock of this machine is CLOCK_SHIFT seconds off, and its senders go by it."""

from bench.settings import INSTALLED_APPS
from bench.torture.controls.clock import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "bench.torture.controls.apps.OwnClock"]
