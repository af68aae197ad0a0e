"""Links in mail and calendars."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return the address of `path`, built from SITE_URL and never from a request."""
    return f"{settings.SITE_URL}{path}"
