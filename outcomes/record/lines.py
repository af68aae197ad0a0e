"""The lines of a record that count, one for each session and each approved activity elsewhere, the newest first."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from outcomes.models import OutsideActivity
from outcomes.models.credit import hours_words
from outcomes.record.taking_part import Took
from outcomes.record.whole import Record
from registrations.display.titles import DISCREET_TITLE

ATTENDED, OUTSIDE = "Attendance", "Elsewhere, approved by the office"
OUTSIDE_TITLE = "Training elsewhere"


class Line(NamedTuple):
    """What counts: when, what it is called, from where we know it, how long, and the credit in words."""

    on: date
    title: str
    source: str
    hours: Decimal
    credit: str


def lines_of(record: Record, neutral: bool) -> list[Line]:
    """Return the lines of `record`; `neutral` ones do not say what anything was about."""
    lines = [_of_session(record, took, neutral) for took in record.took]
    lines += [_of_outside(one, neutral) for one in record.outside if one.is_approved]
    return sorted(lines, key=lambda line: line.on, reverse=True)


def _of_session(record: Record, took: Took, neutral: bool) -> Line:
    title = DISCREET_TITLE if neutral else took.session.workshop.title
    return Line(took.on, title, ATTENDED, took.hours, record.credit_words(took))


def _of_outside(activity: OutsideActivity, neutral: bool) -> Line:
    title = OUTSIDE_TITLE if neutral else f"{activity.title}, {activity.where}"
    credit = f"{activity.kind}: {hours_words(activity.hours)}" if activity.kind else ""
    return Line(activity.happened_on, title, OUTSIDE, activity.hours, credit)
