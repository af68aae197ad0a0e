"""The hours of the record, recounted from attendance by plain SQL: 2,000 people over five years."""

import random
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Person
from catalog.models import Workshop
from foundation.dates import local
from outcomes.models import Attendance, CreditKind, CreditOffer, Requirement
from outcomes.record.taking_part import hours_of, taking_part
from outcomes.record.whole import record_of
from outcomes.record.windows import academic_year
from registrations.models import Registration
from sessions_app.models import Meeting, Session

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

PEOPLE, SESSIONS, SEATS, SAMPLE, SEED = 2_000, 300, 60, 40, 7
# Of each person and session: how long they were there, and what each kind is worth for each meeting they were at.
ATTENDED = """
    SELECT a.person_id, s.id, s.ends_at, s.time_zone, s.workshop_id,
           COUNT(*), SUM(EXTRACT(EPOCH FROM (m.ends_at - m.starts_at)))
      FROM outcomes_attendance a
      JOIN sessions_app_meeting m ON m.id = a.meeting_id
      JOIN sessions_app_session s ON s.id = m.session_id
     WHERE a.state = 'here' AND m.cancelled_at IS NULL AND a.person_id IS NOT NULL
  GROUP BY a.person_id, s.id
"""
WORTH = "SELECT workshop_id, kind_id, hours FROM outcomes_creditoffer"


@pytest.fixture
def five_years(office, make_session, now):
    """Sessions of 20 workshops of one or two meetings, evenly over five years, and who of 2,000 people was there."""
    chance = random.Random(SEED)
    workshops = Workshop.objects.bulk_create(
        Workshop(title=f"Workshop {number}", slug=f"workshop-{number}", status="published") for number in range(20)
    )
    kinds = [CreditKind.objects.create(name=name) for name in ("DEI hours", "Implicit-bias hours")]
    CreditOffer.objects.bulk_create(
        CreditOffer(workshop=workshop, kind=kind, hours=Decimal(chance.randint(1, 12)) / 4)
        for workshop in workshops
        for kind in chance.sample(kinds, chance.randint(0, 2))
    )
    people = Person.objects.bulk_create(
        Person(email=f"p{number}@example.edu", name=f"P {number}", role="staff") for number in range(PEOPLE)
    )
    # One row as the verbs make it, and the others like it: what counts here is attendance.
    like = make_session(workshop=workshops[0], minimum=1)
    fields = [field.attname for field in Session._meta.concrete_fields if field.attname not in ("id", "code", "uuid")]
    made = []
    for number in range(SESSIONS):
        ends_at = now - timedelta(days=1 + number * 1825 // SESSIONS)
        own = {name: getattr(like, name) for name in fields} | {
            "workshop_id": chance.choice(workshops).pk,
            "starts_at": ends_at - timedelta(minutes=90),
            "ends_at": ends_at,
            "confirm_by": ends_at - timedelta(days=3),
            "registration_closes_at": ends_at - timedelta(days=1),
            "status": "completed",
            "confirmed_at": ends_at - timedelta(days=3),
            "confirmed_count": 1,
            "confirmed_minimum": 1,
        }
        made.append(Session(**own))
    sessions = Session.objects.bulk_create(made)
    pattern = like.meetings.get()
    meetings = []
    for session in sessions:
        for week in range(chance.randint(1, 2)):
            ends_at = session.ends_at - timedelta(days=7 * week)
            starts_at = ends_at - timedelta(minutes=chance.choice((45, 60, 90, 100)))
            own = {"session": session, "starts_at": starts_at, "ends_at": ends_at, "time_zone": pattern.time_zone}
            cancelled = now if week and chance.random() < 0.2 else None
            meetings.append(Meeting(**own, join_link=pattern.join_link, cancelled_at=cancelled))
    Meeting.objects.bulk_create(meetings)
    of_session = defaultdict(list)
    for meeting in meetings:
        of_session[meeting.session_id].append(meeting)
    at = {"registered_at": now, "seated_at": now}
    seats = [
        Registration(person=person, session=session, status="registered", position=place, **at)
        for session in sessions
        for place, person in enumerate(chance.sample(people, SEATS), 1)
    ]
    Registration.objects.bulk_create(seats)
    states = ("here", "here", "here", "absent", "unsure", None)
    said = []
    for seat in seats:
        for meeting in of_session[seat.session_id]:
            if state := chance.choice(states):
                own = {"meeting": meeting, "person": seat.person, "state": state, "source": "roster", "said_at": now}
                # One in ten walked in.
                said.append(Attendance(**own, registration=seat if chance.random() < 0.9 else None))
    Attendance.objects.bulk_create(said)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # or the planner believes the tables empty
    return people


def recounted() -> tuple[dict, dict]:
    """Return by person: hours in all; and hours by kind and academic year, from nothing but the tables."""
    with connection.cursor() as cursor:
        cursor.execute(WORTH)
        worth = defaultdict(list)
        for workshop, kind, hours in cursor.fetchall():
            worth[workshop].append((kind, hours))
        cursor.execute(ATTENDED)
        rows = cursor.fetchall()
    in_all, by_kind = defaultdict(Decimal), defaultdict(Decimal)
    for person, _, ends_at, zone, workshop, meetings, seconds in rows:
        in_all[person] += hours_of(timedelta(seconds=float(seconds)))
        year = academic_year(local(ends_at, zone).date(), settings.ACADEMIC_YEAR_MONTH).first
        for kind, hours in worth[workshop]:
            by_kind[person, kind] += hours * meetings
            by_kind[person, kind, year] += hours * meetings
    return in_all, by_kind


def test_hours_of_the_record_are_those_that_sql_counts(five_years, now):
    in_all, by_kind = recounted()
    assert len(in_all) > PEOPLE * 0.95 and sum(in_all.values()) > 10_000
    wrong = {}
    for person in five_years:
        hours = sum((one.hours for one in taking_part(person, now).took), Decimal(0))
        if hours != in_all[person.pk]:
            wrong[person.pk] = (hours, in_all[person.pk])
    assert wrong == {}
    kinds = {kind.name: kind.pk for kind in CreditKind.objects.all()}
    for person in random.Random(SEED).sample(five_years, SAMPLE):
        record = record_of(person, now)
        told = {(person.pk, kinds[one.name]): one.in_all for one in record.kinds}
        told |= {(person.pk, kinds[one.name], record.year.first): one.this_year for one in record.kinds}
        ours = {key: hours for key, hours in by_kind.items() if key[0] == person.pk}
        assert {key: hours for key, hours in told.items() if hours} == {
            key: hours for key, hours in ours.items() if len(key) == 2 or key[2] == record.year.first
        }


def test_what_is_asked_adds_up_the_same(five_years, now):
    kind = CreditKind.objects.order_by("pk").first()
    Requirement.objects.create(title="Hours", kind=kind, hours=6, window="once", each_once=False)
    _, by_kind = recounted()
    for person in random.Random(SEED + 1).sample(five_years, SAMPLE):
        (standing,) = record_of(person, now).standings
        assert standing.words == f"{by_kind[person.pk, kind.pk].normalize():f} of 6 hours"
