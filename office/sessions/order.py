"""The order of the office's sessions: what is to come, the soonest first, and then what is over, the latest first."""

from datetime import datetime

from django.db.models import Case, F, Value, When
from django.db.models.expressions import OrderBy


def soonest_first(now: datetime) -> list[OrderBy]:
    """Return the order as of `now`. A draft without a date comes after everything that has one to come."""
    is_over = Case(When(ends_at__lte=now, then=Value(1)), default=Value(0))
    to_come = Case(When(ends_at__gt=now, then=F("starts_at")))
    return [is_over.asc(), to_come.asc(nulls_last=True), F("starts_at").desc(nulls_last=True), F("pk").desc()]
