"""What gunicorn serves."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from foundation.middleware.readable import PatientRequest  # noqa: E402 (it needs the settings)


class Handler(WSGIHandler):
    """Django's own, with a request that no header can keep from being made."""

    request_class = PatientRequest


application = Handler()
