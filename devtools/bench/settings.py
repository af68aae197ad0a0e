"""The portal's own settings as in production, with static files collected in a folder of the benchmark."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import STORAGES

STATIC_ROOT = Path(os.environ["BENCH_STATIC_ROOT"])
# Names with hashes as in production; compressing the files would take minutes and changes no page.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
