"""The filters of the list of sessions."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from foundation import database_clock
from foundation.dates import day_words, local
from foundation.values.days import FIRST_DAY, LAST_DAY
from foundation.values.zones import zone_of
from office.lookups import ChosenFilter
from office.sessions.needs import NEEDS
from sessions_app.models import Meeting, Session


class UpcomingFilter(ChosenFilter):
    title = "time"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("upcoming", "Upcoming"), ("past", "Past")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        now = database_clock.now()
        if self.value() == "upcoming":
            return queryset.filter(ends_at__gt=now)
        if self.value() == "past":
            return queryset.filter(ends_at__lte=now)
        return queryset


class NeedsFilter(ChosenFilter):
    title = "what it needs"
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(need.name, need.words) for need in NEEDS.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        need = NEEDS.get(self.value() or "")
        return need.of(queryset, database_clock.now()) if need else queryset


class WeekFilter(admin.SimpleListFilter):
    """The sessions with a meeting in one week, from Monday on by the portal’s calendar; any week has its address.

    It offers this week and those around the one that is shown.
    """

    title = "week"
    parameter_name = "week"
    AHEAD = 6

    def __init__(self, *args: Any) -> None:
        self.today = local(database_clock.now(), settings.TIME_ZONE).date()
        super().__init__(*args)

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        this = _monday(self.today)
        weeks = {this + timedelta(weeks=number) for number in range(self.AHEAD)}
        if shown := self.shown():
            weeks |= {shown + timedelta(weeks=number) for number in (-1, 0, 1)}
        return [(week.isoformat(), self.words(week, this)) for week in sorted(weeks)]

    def words(self, week: date, this: date) -> str:
        if week == this:
            return "This week"
        return "Next week" if week == this + timedelta(weeks=1) else f"From {day_words(week)}"

    def value(self) -> str | None:
        value: str | None = super().value()
        if value is not None and self.shown() is None:
            raise IncorrectLookupParameters
        return value

    def shown(self) -> date | None:
        """Return the Monday of the week in the address; None for what is no Monday of a year sessions are held in."""
        written = self.used_parameters.get(self.parameter_name) or ""
        try:
            day = date.fromisoformat(written)
        except ValueError:
            return None
        # Python reads 2031-W20-1, too.
        is_monday = day.weekday() == 0 and FIRST_DAY <= day <= LAST_DAY
        return day if is_monday and written == day.isoformat() else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        week = self.shown() if self.value() else None
        if week is None:
            return queryset
        begins, ends = (
            datetime.combine(day, time.min, zone_of(settings.TIME_ZONE)) for day in (week, week + timedelta(weeks=1))
        )
        held = Meeting.objects.filter(session=OuterRef("pk"), starts_at__gte=begins, starts_at__lt=ends)
        return queryset.filter(Exists(held), starts_at__lt=ends, ends_at__gt=begins)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
