"""The clock of this machine is CLOCK_SHIFT seconds off."""

import os
from datetime import timedelta

from django.utils import timezone

from devtools.bench.settings import *  # noqa: F403

SHIFT = timedelta(seconds=int(os.environ["CLOCK_SHIFT"]))
right = timezone.now
timezone.now = lambda: right() + SHIFT
