"""The broker is waited for, by the request and as long as it takes."""

from devtools.bench.settings import *  # noqa: F403
from devtools.bench.settings import MIDDLEWARE

# The portal has limits here, which are numbers.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": None, "socket_connect_timeout": None}  # type: ignore[dict-item]
MIDDLEWARE = ["devtools.torture.controls.middleware.wait_for_the_broker", *MIDDLEWARE]
