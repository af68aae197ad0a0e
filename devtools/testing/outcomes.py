"""What the tests of outcomes are made of: sessions that were held, and their attendance."""

from collections.abc import Callable
from datetime import timedelta

import pytest


@pytest.fixture
def hold(workshop, office, people, now) -> Callable:
    """hold(people=6, meetings=1, days_ago=1, ...) returns a session that was held, with so many registered.

    Its last meeting of 90 minutes ended at least a day ago; earlier ones were a week apart. `persons` are registered
    too, `here` (a number) of the first registered were at every meeting, and `closed=True` closes their lists. Other
    arguments are those of Session.objects.schedule.
    """
    from outcomes.attended import sheet_of
    from outcomes.models import Attendance
    from registrations.models import Registration
    from sessions_app.models import MeetingPlan, Session

    def make(
        count: int = 6,
        meetings: int = 1,
        days_ago: int = 1,
        persons=(),
        here: int = 0,
        closed: bool = False,
        **overrides,
    ):
        then = now - timedelta(days=60 + days_ago)
        plans = []
        for week in reversed(range(meetings)):
            ends_at = now - timedelta(days=days_ago + 7 * week)
            link = "https://meet.example.edu/quorum"
            plans.append(MeetingPlan(ends_at - timedelta(minutes=90), ends_at, "America/Chicago", join_link=link))
        subject = overrides.pop("workshop", workshop)
        minimum = {"minimum": min(6, max(1, count + len(persons)))}
        session = Session.objects.schedule(subject, meetings=plans, by=office, now=then, **minimum | overrides)
        session.publish(by=office, now=then)
        everyone = [*persons, *people(count)]
        registered = [
            Registration.objects.register(person, session, now=then + timedelta(minutes=number))
            for number, person in enumerate(everyone)
        ]
        session.settle(now=then + timedelta(days=1))
        session.settle(now=now)
        for meeting in session.meetings.all():
            for registration in registered[:here]:
                Attendance.objects.mark(meeting, registration, "here", "roster", by=office, now=now)
            if closed:
                sheet_of(meeting).close(by=office, now=now)
        return session

    return make


@pytest.fixture
def certify(hold, workshop) -> Callable:
    """certify(person, name="", hours="1.5") returns the certificate of `person`, who was at a session that was held.

    It has so many hours of a kind of credit, and says `name` where there is one.
    """
    from decimal import Decimal

    from accounts.models import Person
    from outcomes.models import Certificate, CreditKind, CreditOffer

    def make(person, name: str = "", hours: str = "1.5", **how):
        kind, _ = CreditKind.objects.get_or_create(
            name="Implicit-bias hours", defaults={"statement": "Counts in this state."}
        )
        CreditOffer.objects.get_or_create(workshop=workshop, kind=kind, defaults={"hours": Decimal(hours)})
        if name:
            Person.objects.filter(pk=person.pk).update(name=name)
            person.refresh_from_db()
        session = hold(5, persons=[person], here=1, closed=True, **how)
        return Certificate.objects.get(person=person, session=session)

    return make
