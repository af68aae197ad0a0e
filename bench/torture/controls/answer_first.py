"""The page answers before anything is committed."""

from bench.settings import *  # noqa: F403
from bench.settings import MIDDLEWARE

MIDDLEWARE = ["bench.torture.controls.middleware.answer_first", *MIDDLEWARE]
