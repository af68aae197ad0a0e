"""The broker is waited for, by the request and as long as it takes."""

from bench.settings import *  # noqa: F403
from bench.settings import MIDDLEWARE

CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": None, "socket_connect_timeout": None}
MIDDLEWARE = ["bench.torture.controls.middleware.wait_for_the_broker", *MIDDLEWARE]
