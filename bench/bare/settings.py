"""The portal's settings with the bare app's URLs and templates."""

from bench.settings import *  # noqa: F403
from bench.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "bench.bare.urls"
TEMPLATES[0]["DIRS"] = [BASE_DIR / "bench" / "bare" / "templates"]
