"""Change a session as the office does, send what is due, and read what came."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from devtools.testing.cast import ZONE
from foundation.wall_clock import instant
from notifications.models import MailQueue
from notifications.outbox.claim import claim
from notifications.outbox.deliver import Sender
from registrations.models import Registration
from sessions_app.models import Meeting, MeetingPlan, Session, Times

MINUTES = timedelta(minutes=1)


def plan(day: date, at: int = 12) -> MeetingPlan:
    starts_at, ends_at = (instant(day, time(hour), ZONE) for hour in (at, at + 2))
    return MeetingPlan(starts_at, ends_at, ZONE)


def first(session) -> Registration:
    return session.registrations.order_by("position").first()


def deliver(at: datetime) -> None:
    """Send everything that is due at `at`, and what the test itself has just written."""
    with Sender() as sender:
        while notice := claim(max(at, timezone.now())):
            assert sender.send([notice], MailQueue.load())


def shifted(meeting: Meeting, **by) -> Times:
    by = timedelta(**by)
    return Times(meeting.starts_at + by, meeting.ends_at + by, meeting.time_zone)


def shift(session: Session, by_whom, now: datetime, **by) -> list[str]:
    """Move the first meeting."""
    meeting = session.meetings.first()
    return session.reschedule({meeting: shifted(meeting, **by)}, by=by_whom, now=now)


def move_to(session: Session, day: date, hour: int, by_whom, now: datetime) -> None:
    """Move the first meeting to another day, for two hours."""
    new = plan(day, hour)
    session.reschedule({session.meetings.first(): Times(new.starts_at, new.ends_at, ZONE)}, by=by_whom, now=now)


def text_of(received) -> str:
    return received.message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def owed(registration) -> list[tuple]:
    rows = registration.notices.order_by("pk").values_list("kind", "method", "sequence", "state")
    return list(rows)


def subjects_to(sink, person) -> list[str]:
    return [one.message["Subject"].split(":")[0] for one in sink.to(person.email)]
