"""When the demo's sessions are, and what happens to them. Pure: the content and today in, stories out."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from foundation.wall_clock import instant
from sessions_app.schedule_import.reading import read_schedule

CONTENT = Path(__file__).parent / "content"
SCHEDULES = ("schedule-2023-ally-training.csv", "schedule-2024-foundational.csv")
ZONE = "America/Chicago"
WEEKS = 25  # how far ahead the season reaches
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass
class Story:
    """One session to be: its meetings (pairs of UTC instants), who ends up where, and what the office does."""

    workshop: str
    meetings: list[tuple[datetime, datetime]]
    registered: int = 0
    waiting: int = 0
    left: int = 0
    amina: int = 0  # the turn at which Amina registers, 1 for the first; 0: never
    nominates: list[str] = field(default_factory=list)  # the addresses that the first registrant proposes
    needs: list[str] = field(default_factory=list)  # what the first registrants need to take part, in their order
    answer: str = ""  # to the first of these needs
    draft: bool = False
    decided_yesterday: bool = False
    extended: bool = False
    run_anyway: str = ""
    cancelled: str = ""
    venue: str = ""
    overrides: dict[str, Any] = field(default_factory=dict)  # fields of the Session


def read(name: str) -> dict[str, Any]:
    """Return the content of one of the demo's TOML files."""
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def season(now: datetime) -> list[Story]:
    """Return the demo's sessions as seen at `now` (aware), soonest first; the same ones for the same day."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    first_monday = today + timedelta(days=7 + -today.weekday() % 7)
    details = read("season.toml")
    told = {(each.pop("workshop"), each.pop("date")): each for each in details["published"]}
    stories: list[Story] = []
    taken: set[date] = set()
    for name in SCHEDULES:
        for title, day, start, end, week in published(name):
            new_day = free_day(first_monday, week, day.weekday(), taken)
            stories.append(story(title, [new_day], start, [end], told.pop((title, day), {})))
    if told:
        raise LookupError(f"season.toml names dates that no schedule has: {sorted(told)}")
    for each in details["added"]:
        title, weekday, weeks = each.pop("workshop"), DAYS.index(each.pop("day")), each.pop("weeks")
        days = [free_day(first_monday, week, weekday, taken) for week in weeks]
        ends = each.pop("ends", None) or [each.pop("end")] * len(days)
        stories.append(story(title, days, each.pop("start"), ends, each))
    return sorted(stories, key=lambda story: story.meetings)


def published(name: str) -> Iterator[tuple[str, date, time, time, int]]:
    """Yield title, day, start, end and new week of each row of a published schedule, drawn together into the season."""
    plans, wrong = read_schedule((CONTENT / name).read_bytes(), ZONE)
    if wrong:
        raise LookupError(f"{name} has wrong rows: {wrong}")
    zone = ZoneInfo(ZONE)
    times = [(p.title, p.starts_at.astimezone(zone), p.ends_at.astimezone(zone)) for p in plans]
    mondays = [start.date() - timedelta(days=start.weekday()) for _, start, _ in times]
    span = (max(mondays) - min(mondays)).days // 7
    for (title, start, end), monday in zip(times, mondays, strict=True):
        week = (monday - min(mondays)).days // 7
        yield title, start.date(), start.time(), end.time(), round(week * min(1, WEEKS / span))


def free_day(first_monday: date, week: int, weekday: int, taken: set[date]) -> date:
    """Return that weekday of that week, or of one farther from today while the school is empty or the day taken."""
    day = first_monday + timedelta(weeks=week, days=weekday)
    while is_away(day) or day in taken:
        day += timedelta(weeks=-1 if week <= -3 else 1)
    taken.add(day)
    return day


def is_away(day: date) -> bool:
    """Return whether a school in the United States is empty on `day`."""
    thanksgiving = day.month == 11 and (
        (day.weekday() == 3 and 22 <= day.day <= 28) or (day.weekday() == 4 and 23 <= day.day <= 29)
    )
    winter_break = (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3)
    return thanksgiving or winter_break or (day.month, day.day) in {(6, 19), (7, 4), (11, 11)}


def story(title: str, days: list[date], start: time, ends: list[time], details: dict[str, Any]) -> Story:
    """Return the Story of `title` on `days`, each with its end. What is no field of the Story goes to the Session."""
    meetings = [(instant(day, start, ZONE), instant(day, end, ZONE)) for day, end in zip(days, ends, strict=True)]
    mine = {name: details.pop(name) for name in list(details) if name in Story.__dataclass_fields__}
    return Story(title, meetings, overrides=details, **mine)


def yesterday_at_five(now: datetime) -> datetime:
    """Return 17:00 of the last weekday before `now`, as a UTC instant."""
    day = now.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=1)
    day -= timedelta(days=max(0, day.weekday() - 4))
    return instant(day, time(17), ZONE).astimezone(UTC)
