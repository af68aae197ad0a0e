"""The page answers before anything is committed."""

from devtools.bench.settings import *  # noqa: F403
from devtools.bench.settings import MIDDLEWARE

MIDDLEWARE = ["devtools.torture.controls.middleware.answer_first", *MIDDLEWARE]
