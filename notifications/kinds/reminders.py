"""Reminders: some days ahead of each meeting of a confirmed session. The workshop says how many days."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from catalog.reminder_days import MOST_DAYS, parse_days
from foundation import database_clock
from foundation.dates import clock, local, long_day
from foundation.wall_clock import days_before
from notifications.kinds.contexts import OF_A_REGISTRATION, registration_context
from notifications.kinds.prompts import owe_prompts, prompt
from notifications.kinds.registrations import CONFIRMED_OR_OVER
from notifications.models import Notice
from notifications.models.kind import Example, Family, Kind
from registrations import eligibility
from sessions_app.models import Meeting, Session

# One day more, because the clocks may change in between.
HORIZON = timedelta(days=MOST_DAYS + 1)


def owe(now: datetime) -> None:
    """Owe every reminder whose moment has come."""
    soon = Meeting.objects.filter(
        session__status=Session.Status.CONFIRMED, starts_at__gt=now, starts_at__lte=now + HORIZON
    ).values_list("session", "starts_at", "time_zone", "session__workshop__reminder_days")
    due = {session for session, starts_at, zone, days in soon if _due(starts_at, zone, days, now)}
    owe_prompts(sorted(due), plan, now)


def _due(starts_at: datetime, zone: str, reminder_days: str, now: datetime) -> tuple[int, datetime] | None:
    """Return the reminder whose moment came last: its days ahead, and its instant. None before the first and too late.

    The reminders before it are dropped: nobody gets two at once because the sweep was late.
    """
    if starts_at <= now:
        return None
    moments = [(days, days_before(starts_at, days, zone)) for days in parse_days(reminder_days)]
    return min(((days, at) for days, at in moments if at <= now), default=None)


def plan(session: Session, now: datetime) -> list[Notice]:
    """Return, unsaved, the reminders that `session` owes at `now`.

    People who were registered, confirmed or told of a change after the moment of a reminder have just read when and
    where, so that they get none.
    """
    if session.status != Session.Status.CONFIRMED:
        return []
    people = list(session.registrations.registered().select_related("person"))
    told = _told_at(session)
    reminders = []
    for meeting in session.meetings.all():
        due = _due(meeting.starts_at, meeting.time_zone, session.workshop.reminder_days, now)
        if due is None:
            continue
        days, at = due
        event = f"{meeting.pk}:{days}-{meeting.starts_at:%Y%m%d%H%M}"
        facts = {"meeting": meeting.pk, "starts_at": meeting.starts_at.isoformat()}
        for registration in people:
            read_at = (registration.seated_at, session.confirmed_at, told[registration.pk, meeting.pk])
            if all(instant is None or instant <= at for instant in read_at):
                reminders.append(prompt(REMINDER, registration, event, meeting.starts_at, now, **facts))
    return reminders


def _told_at(session: Session) -> dict[tuple[int, int], datetime | None]:
    """Return, by registration and meeting, when the newest invitation was written; None for none."""
    invitations = Notice.objects.filter(registration__session=session, method=Notice.Method.REQUEST)
    newest = invitations.order_by().values_list("registration", "thread__meeting").annotate(at=Max("created_at"))
    return defaultdict(lambda: None, {(registration, meeting): at for registration, meeting, at in newest})


def still_meets(notice: Notice, now: datetime) -> bool:
    """Tell whether the meeting still begins when it did, later than `now`, and the reader has a seat in it."""
    registration, session = notice.registration, notice.registration.session
    meeting = session.meetings.filter(pk=notice.facts["meeting"], starts_at__gt=now).first()
    if meeting is None or meeting.starts_at.isoformat() != notice.facts["starts_at"]:
        return False
    is_there = registration.is_registered and not eligibility.why_not_as(registration.person, session)
    return is_there and session.is_confirmed


def reminder_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of a reminder may name."""
    registration, now = notice.registration, database_clock.now()
    meeting = registration.session.meetings.select_related("venue__campus").get(pk=notice.facts["meeting"])
    starts_at, zone = meeting.starts_at, meeting.time_zone
    day = soon(starts_at, zone, now)
    return registration_context(notice, meeting, joins=True) | {
        "on_day": day or f"on {long_day(starts_at, zone)}",
        "headline_day": day or long_day(starts_at, zone),
        "at": clock(starts_at, zone, noon="noon"),
        "at_in_subject": clock(starts_at, zone),
    }


def soon(instant: datetime, zone: str, now: datetime) -> str:
    """Return “today” or “tomorrow”, as of `now` in the zone; nothing for a later day."""
    days = (local(instant, zone).date() - local(now, zone).date()).days
    return {0: "today", 1: "tomorrow"}.get(days, "")


REMINDER = Kind(
    name="reminder",
    label="Reminder",
    family=Family.PROMPT,
    context=reminder_context,
    placeholders={
        **OF_A_REGISTRATION,
        "on_day": "today, tomorrow or on Tuesday, May 14",
        "at": "the time it starts",
    },
    still_true=still_meets,
    example=Example(fits=CONFIRMED_OR_OVER, facts=lambda session: {"meeting": session.meetings.all()[0].pk}),
)

KINDS = (REMINDER,)
