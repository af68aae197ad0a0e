"""The portal's settings with the bare app's URLs and templates."""

from devtools.bench.settings import *  # noqa: F403
from devtools.bench.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "devtools.bench.bare.urls"
TEMPLATES[0]["DIRS"] = [BASE_DIR / "devtools" / "bench" / "bare" / "templates"]
