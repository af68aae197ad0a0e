"""Many people moving and taking seats at once, from real processes on PostgreSQL (G1, G4)."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings

from devtools.testing.database import database_url
from devtools.testing.registering import bring_near
from registrations.models import Registration

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PROCESSES = 8
ROUNDS = 5


def jostle(*runs: list[str]) -> list[dict]:
    """Let one process per run go at the same time; return all they printed."""
    env = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "devtools.testing.jostle", *map(str, run)],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for run in runs
    ]
    outputs = [process.communicate(timeout=240)[0] for process in processes]
    return [json.loads(line) for output in outputs for line in output.splitlines()]


def moves(make_session, people, now, rounds, *flags) -> tuple[list, list[str]]:
    """Move forty people between two dates from eight processes, half of them each way; return dates and outcomes."""
    dates = [make_session(days=days, minimum=1, capacity=30) for days in (14, 21)]
    crowd = people(40)
    for number, person in enumerate(crowd):
        Registration.objects.register(person, dates[number % 2], now=now)
    codes = [session.code for session in dates]
    groups = [crowd[5 * n : 5 * n + 5] for n in range(PROCESSES)]
    answers = jostle(*(["transfer", *codes, rounds, group[0].pk, group[-1].pk, *flags] for group in groups))
    return dates, [answer["came"] for answer in answers]


def test_transfers_both_ways_at_once_never_deadlock_and_lose_nobody(make_session, people, now):
    dates, came = moves(make_session, people, now, ROUNDS)
    assert len(came) == 40 * ROUNDS
    assert set(came) <= {"moved", "full"} and came.count("moved") > 40
    for session in dates:
        session.refresh_from_db()
        assert session.seats_taken == session.registrations.registered().count() <= 30
    assert sum(session.seats_taken for session in dates) == 40
    active = Registration.objects.active().values_list("person", flat=True)
    assert len(active) == len(set(active)) == 40
    assert Registration.objects.filter(moved_to__isnull=False).count() == came.count("moved")


def test_transfers_that_lock_in_any_order_run_into_each_other(make_session, people, now):
    _, came = moves(make_session, people, now, 1, "in-any-order")
    assert set(came) - {"moved", "full"}


def test_of_forty_who_press_for_one_seat_one_has_it(make_session, people, now):
    session = make_session(minimum=1, capacity=1)
    crowd = people(41)
    places = [Registration.objects.register(person, session, now=now) for person in crowd]
    session.settle(now=now)
    bring_near(session, now + timedelta(hours=20), now)
    places[0].refresh_from_db()
    places[0].withdraw(by=crowd[0], now=now)
    groups = [crowd[1 + 5 * n : 6 + 5 * n] for n in range(PROCESSES)]
    answers = jostle(*(["seat", session.code, group[0].pk, group[-1].pk] for group in groups))
    statuses = [answer["status"] for answer in answers]
    assert (statuses.count(302), statuses.count(409), len(statuses)) == (1, 39, 40)
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count) == (1, 39)
    winner = session.registrations.registered().get()
    assert winner.person_id in [answer["person"] for answer in answers if answer["status"] == 302]
    assert winner.notices.filter(kind="promoted").count() == 1
