"""Pre-work: two days before the session, a mail to people who have not said that they have read it."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from foundation import database_clock
from foundation.dates import clock, long_day
from foundation.wall_clock import days_before
from library.models import Placement, Resource
from notifications.kinds.contexts import OF_A_REGISTRATION, registration_context
from notifications.kinds.prompts import owe_prompts, prompt
from notifications.kinds.registrations import CONFIRMED_OR_OVER
from notifications.models import Notice
from notifications.models.kind import Example, Family, Kind
from registrations import eligibility
from registrations.models.preparation import has_pre_work
from sessions_app.models import Session

DAYS_AHEAD = 2
# One day more, because the clocks may change in between.
HORIZON = timedelta(days=DAYS_AHEAD + 1)


def owe(now: datetime) -> None:
    """Owe every Notice about pre-work whose moment has come."""
    soon = Session.objects.filter(status=Session.Status.CONFIRMED, starts_at__gt=now, starts_at__lte=now + HORIZON)
    in_library = Placement.objects.filter(resource__kind=Resource.Kind.PRE_WORK).values("workshop")
    with_some = soon.filter(~Q(workshop__pre_work="") | Q(workshop__in=in_library))
    owe_prompts(with_some.values_list("pk", flat=True), plan, now)


def plan(session: Session, now: datetime) -> list[Notice]:
    """Return, unsaved, the Notices for people with unread pre-work, if `now` is at most two days before the start.

    People who registered later than two days before were told of it then; so were all, if the session was confirmed
    later.
    """
    at = days_before(session.starts_at, DAYS_AHEAD, session.time_zone)
    is_ahead = session.is_confirmed and at <= now < session.starts_at
    was_confirmed = session.confirmed_at is not None and session.confirmed_at <= at
    if not is_ahead or not was_confirmed or not has_pre_work(session, now):
        return []
    people = session.registrations.registered().filter(pre_work_done_at__isnull=True, seated_at__lte=at)
    event, facts = f":{session.starts_at:%Y%m%d%H%M}", {"starts_at": session.starts_at.isoformat()}
    return [prompt(PRE_WORK, one, event, session.starts_at, now, **facts) for one in people.select_related("person")]


def still_unread(notice: Notice, now: datetime) -> bool:
    """Tell whether the session begins as planned, later than `now`, and the reader has a seat and unread pre-work."""
    registration, session = notice.registration, notice.registration.session
    is_ahead = session.is_confirmed and session.starts_at.isoformat() == notice.facts["starts_at"]
    is_there = registration.is_registered and not eligibility.why_not_as(registration.person, session)
    return is_ahead and not session.has_started(now) and is_there and registration.has_pre_work_to_do


def pre_work_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about pre-work may name."""
    session = notice.registration.session
    starts = long_day(session.starts_at, session.time_zone, database_clock.now().year)
    return registration_context(notice) | {"starts": f"{starts} at {clock(session.starts_at, session.time_zone)}"}


PRE_WORK = Kind(
    name="pre_work",
    label="Pre-work not read",
    family=Family.PROMPT,
    context=pre_work_context,
    placeholders={
        **OF_A_REGISTRATION,
        "pre_work_url": "the link to what to read or do before",
        "starts": "the day and time it starts",
    },
    still_true=still_unread,
    example=Example(fits=CONFIRMED_OR_OVER),
)

KINDS = (PRE_WORK,)
