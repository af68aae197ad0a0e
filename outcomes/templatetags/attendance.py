"""What pages ask about attendance: the viewer's own."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.template import Context

from accounts.models import Person
from foundation import database_clock
from foundation.dates import short_day
from outcomes import display
from outcomes.checking_in.code_of_the_day import BEFORE
from outcomes.models import Attendance
from registrations.models import Registration
from sessions_app.models import Meeting, Session

register = template.Library()


def _now(context: Context) -> datetime:
    return context.get("now") or database_clock.now()


@register.simple_tag(takes_context=True)
def own_attendance(context: Context, registration: Registration) -> display.Own | None:
    """Give what its person reads of `registration`: of a seat, from the time its first code works on. Four queries."""
    now = _now(context)
    if not registration.is_registered or now < registration.session.starts_at - BEFORE:
        return None
    return display.own_attendance(registration, now)


@register.simple_tag
def attendance_words(own: dict[int, Registration], past: Iterable[tuple[str, list[Session]]]) -> dict[int, str]:
    """Give what is known of the viewer in each session of `past`, by its key. Two queries, none for none."""
    held = [own[session.pk] for _, sessions in past for session in sessions if session.pk in own]
    return display.words_by_session(held)


@register.simple_tag(takes_context=True)
def code_works(context: Context, meetings: Iterable[Meeting]) -> bool:
    """Tell whether the code of the day of one of `meetings` works now. Asks nothing."""
    return display.any_code_works(meetings, _now(context))


@register.simple_tag(takes_context=True)
def walked_in(context: Context, person: Person) -> list[tuple[Session, str]]:
    """Give the sessions that `person` took part in without a seat, the last first, and their days. One query."""
    now = _now(context)
    seen = Attendance.objects.here().of_person(person).filter(registration=None, meeting__cancelled_at=None)
    sessions = Session.objects.filter(pk__in=seen.order_by().values("meeting__session")).select_related("workshop")
    return [
        (session, short_day(session.starts_at, session.time_zone, now.year))
        for session in sessions.order_by("-starts_at", "-pk")
    ]
