"""The broker is waited for as long as it takes."""

from bench.settings import *  # noqa: F403

CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": None, "socket_connect_timeout": None}
