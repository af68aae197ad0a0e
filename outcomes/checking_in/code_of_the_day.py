"""The code of the day: six characters that are shown or said at a meeting, by which people check themselves in.

It is made from the key of the meeting with SECRET_KEY, so no table holds it, and every meeting has its own. It works
from a quarter of an hour before the meeting until an hour after it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import segno
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Person
from foundation.links import absolute
from outcomes.models import Attendance
from registrations.models import Registration
from sessions_app.models import Meeting, Session

# Without what is mistaken for another when it is read across a room: B 8, D 0 O Q, I L 1, S 5, U V, Z 2.
ALPHABET = "ACEFGHJKMNPRTWXY34679"
LENGTH = 6
BEFORE, AFTER = timedelta(minutes=15), timedelta(hours=1)
NEAR = timedelta(days=8)
HELD = (Session.Status.CONFIRMED, Session.Status.COMPLETED)


def code_of(meeting: Meeting) -> str:
    """Return the code of `meeting`, six characters of ALPHABET."""
    number = int.from_bytes(salted_hmac("outcomes.code_of_the_day", str(meeting.pk), algorithm="sha256").digest())
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def in_halves(code: str) -> str:
    """Return a code as it is shown: “AC3 T9K”."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}"


def read_code(typed: str) -> str:
    """Return what was typed as a code is compared: capitals, without what stands between them."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())[: LENGTH + 1]


def works_from(meeting: Meeting) -> datetime:
    return meeting.starts_at - BEFORE


def works_until(meeting: Meeting) -> datetime:
    return meeting.ends_at + AFTER


def works(meeting: Meeting, now: datetime) -> bool:
    """Tell whether the code of `meeting` works at `now`."""
    return works_from(meeting) <= now < works_until(meeting)


def address_of(meeting: Meeting) -> str:
    """Return the address that the QR code leads to."""
    return absolute(reverse("check_in_with", args=[code_of(meeting)]))


def qr_svg(meeting: Meeting) -> SafeString:
    """Return the QR code of `meeting` as an SVG that names no color and no style of its own."""
    drawn = segno.make(address_of(meeting), error="m", micro=False)
    return mark_safe(
        drawn.svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None)
    )  # made of our own address


# ---- who may use it ----


class Problem(StrEnum):
    WRONG = "wrong"
    EARLY = "early"
    LATE = "late"
    NOT_REGISTERED = "not registered"


class Found(NamedTuple):
    """The meeting whose code it is and the person's seat there, or the `problem` with it."""

    meeting: Meeting | None = None
    registration: Registration | None = None
    problem: Problem | None = None


def meetings_now(person: Person, now: datetime) -> list[Meeting]:
    """Return the meetings at which `person` has a seat and the code works now, soonest first. One query."""
    found = own_meetings(person, now - AFTER, now + BEFORE)
    return [meeting for meeting in found if works(meeting, now)]


def own_meetings(person: Person, ended_after: datetime, begins_by: datetime) -> Iterable[Meeting]:
    """Return the meetings of sessions that take place, at which `person` has a seat, within these times."""
    seats = Registration.objects.registered().filter(person=person).order_by().values("session")
    found = Meeting.objects.filter(session__in=seats, session__status__in=HELD)
    found = found.filter(ends_at__gt=ended_after, starts_at__lte=begins_by)
    return found.select_related("session__workshop").order_by("starts_at", "pk")


def find(person: Person, typed: str, now: datetime) -> Found:
    """Return what the code that `person` typed is at `now`.

    Of another day's code it is said so where the person has a seat at that meeting, and nothing of any other.
    """
    code = read_code(typed)
    going_on = Meeting.objects.filter(
        session__status__in=HELD, ends_at__gt=now - AFTER, starts_at__lte=now + BEFORE
    ).select_related("session__workshop")
    for meeting in going_on:
        if constant_time_compare(code_of(meeting), code):
            seat = Registration.objects.registered().filter(person=person, session=meeting.session_id).first()
            return Found(meeting, seat, None if seat else Problem.NOT_REGISTERED)
    for meeting in own_meetings(person, now - NEAR, now + NEAR):
        if constant_time_compare(code_of(meeting), code):
            return Found(meeting, problem=Problem.EARLY if now < works_from(meeting) else Problem.LATE)
    return Found(problem=Problem.WRONG)


def check_in(person: Person, found: Found, now: datetime) -> Attendance:
    """Write down that `person` is at the meeting that was found: they said so, with its code."""
    assert found.meeting and found.registration
    here, source = Attendance.State.HERE, Attendance.Source.CODE
    return Attendance.objects.mark(found.meeting, found.registration, here, source, by=person, now=now)
