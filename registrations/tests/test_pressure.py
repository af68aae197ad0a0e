"""Many people at once, from real processes on PostgreSQL (G1, G3, G4)."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from accounts.models import Person
from devtools.testing.database import database_url
from operations.invariants import breaches
from registrations.models import Registration

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PROCESSES = 8
SEATS = 30


@pytest.fixture
def crowd(people):
    """Two hundred people, split into eight ranges of primary keys."""
    people(200)
    ends = Person.objects.filter(email__startswith="person").aggregate(first=Min("pk"), last=Max("pk"))
    assert ends["last"] - ends["first"] == 199
    return [(ends["first"] + 25 * n, ends["first"] + 25 * n + 24) for n in range(PROCESSES)]


def press(session, ranges, *flags) -> list[dict]:
    """Let one process per range register its people at the same time; return what each person was answered."""
    env = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "devtools.testing.press", session.code, str(first), str(last), *flags],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for first, last in ranges
    ]
    outputs = [process.communicate(timeout=240)[0] for process in processes]
    return [json.loads(line) for output in outputs for line in output.splitlines()]


def outcome(session) -> tuple[int, int, list[int]]:
    """Return how many are registered and waiting, and the positions in order."""
    session.refresh_from_db()
    rows = Registration.objects.filter(session=session).order_by("position")
    return (
        rows.filter(status="registered").count(),
        rows.filter(status="waitlisted").count(),
        list(rows.values_list("position", flat=True)),
    )


def test_200_people_for_30_seats_leave_170_waiting_in_order(make_session, crowd):
    session = make_session(capacity=SEATS)
    answers = press(session, crowd)
    assert len(answers) == 200
    assert {answer["status"] for answer in answers} == {302}
    assert outcome(session) == (30, 170, list(range(1, 201)))
    assert (session.seats_taken, session.waiting_count, session.next_position) == (30, 170, 201)
    registered = Registration.objects.filter(session=session, status="registered")
    assert set(registered.values_list("position", flat=True)) == set(range(1, 31))
    assert list(breaches(timezone.now())) == []


def test_without_the_lock_the_same_crowd_breaks_it(make_session, crowd):
    session = make_session(capacity=SEATS)
    answers = press(session, crowd, "without-lock")
    assert outcome(session) != (30, 170, list(range(1, 201))) or {answer["status"] for answer in answers} != {302}


def test_200_presses_of_one_button_make_one_registration_and_one_notice(make_session, person):
    session = make_session()
    answers = press(session, [(person.pk, person.pk)] * PROCESSES, "times=25")
    assert answers == [{"person": person.pk, "status": 302, "to": session.get_absolute_url()}] * 200
    registration = Registration.objects.get(session=session)
    assert registration.notices.count() == 1
    assert list(breaches(timezone.now())) == []
