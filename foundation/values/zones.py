"""Time zones: which names are one, and what is read for a name that is none any more."""

import importlib.resources
import logging
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from foundation.text import shown
from foundation.values.lines import without_invisible

logger = logging.getLogger(__name__)


@cache
def zone_names() -> frozenset[str]:
    """Return the names of the tz database, as the installed tzdata package lists them.

    The machine's own folder holds other files that read like zones: `localtime` and `posixrules` are whatever the
    machine is set to, `posix/` and `right/` are copies that no calendar knows. The package lists one name that is
    nowhere: `Factory`, for a machine that was never told where it is.
    """
    listed = importlib.resources.files("tzdata").joinpath("zones").read_text("ascii").split()
    return frozenset(listed) - {"Factory"}


def read_zone(text: str) -> str:
    """Return the name of a zone that somebody typed. Raises ValidationError for any other spelling of it."""
    name = without_invisible(text).strip()
    validate_time_zone(name)
    return name


def validate_time_zone(name: str) -> None:
    """Refuse, with ValidationError, what is not the name of a zone exactly as the tz database writes it."""
    if name not in zone_names():
        raise ValidationError(f"“{shown(name)}” is not a time zone. Use a name like America/Chicago.")


class ZoneFormField(forms.CharField):
    """The name of a zone as typed."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return read_zone(typed) if typed else typed


@lru_cache(1024)
def zone_of(name: str) -> ZoneInfo:
    """Return the zone of `name`; the portal's own where there is none of that name, which is logged once.

    A row may outlive its zone, which the tz database can drop (`US/Pacific-New` went in 2020). What shows such a row
    shows its times on the portal's clock, and goes on with the others.
    """
    if name in zone_names():
        return ZoneInfo(name)
    logger.error("There is no time zone %r: times are shown in %s instead.", name, settings.TIME_ZONE)
    return ZoneInfo(settings.TIME_ZONE)
