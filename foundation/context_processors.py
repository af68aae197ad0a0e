"""What every template may name: the office, the institution and the chosen appearance."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict:
    """Give `office_name`, `office_email`, `institution_name` and `appearance` (light, dark, empty: the device’s)."""
    appearance = request.COOKIES.get("appearance", "")
    return {
        "office_name": settings.OFFICE_NAME,
        "office_email": settings.OFFICE_EMAIL,
        "institution_name": settings.INSTITUTION_NAME,
        "appearance": appearance if appearance in ("light", "dark") else "",
    }
