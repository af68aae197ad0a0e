"""What every template may name: the office, the institution and the chosen appearance."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict:
    """Give `office_name`, `office_email`, `institution_name` and `appearance` (light, dark, empty: the device’s)."""
    return {
        "office_name": settings.OFFICE_NAME,
        "office_email": settings.OFFICE_EMAIL,
        "institution_name": settings.INSTITUTION_NAME,
        "appearance": appearance_of(request),
    }


def appearance_of(request: HttpRequest) -> str:
    """Return the appearance that was chosen in this browser: light, dark, empty for the device’s."""
    chosen = request.COOKIES.get("appearance", "")
    return chosen if chosen in ("light", "dark") else ""
