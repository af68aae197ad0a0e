"""Settings in which a request may name any charset, and hold any bytes."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE

MIDDLEWARE = [each for each in MIDDLEWARE if each != "foundation.middleware.readable.ReadableMiddleware"]
