"""A process whose clock is off by more than a minute says so, and decides nothing (G16)."""

import logging
from datetime import timedelta

import pytest
from django.urls import reverse

from config.celery import app, beats_clock
from devtools.testing.page import read
from foundation import database_clock
from notifications.models import MailQueue, Notice
from notifications.tasks import deliver_due, deliver_soon
from operations.health import find_problems
from operations.right_clock import Task
from registrations.models import Registration
from sessions_app.tasks import settle_due, settle_session

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
HOURS, TWO_HOURS = timedelta(hours=3), timedelta(hours=2)
# They send, and look; nothing is decided.
GO_ON = {"notifications.tasks.deliver_soon", "notifications.tasks.deliver_due", "operations.tasks.check_invariants"}
GO_ON |= {"operations.tasks.fold_what_was_written"}


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    """No task has said yet that the clock is wrong."""
    monkeypatch.setattr(Task, "said_at", float("-inf"))


@pytest.fixture
def too_few(make_session, person, now):
    """An open session with one person, decided in two hours."""
    session = make_session()
    Registration.objects.register(person, session, now=now)
    session.confirm_by = now + TWO_HOURS
    session.save(update_fields=["confirm_by"])
    return session


@pytest.fixture
def enough(make_session, people, now):
    """An open session with as many people as it needs."""
    session = make_session(minimum=2)
    for each in people(2):
        Registration.objects.register(each, session, now=now)
    return session


def settle(session) -> str:
    """Settle `session` as the sweep and as the wake-up do. Returns its status."""
    settle_due()
    settle_session(session.pk)
    session.refresh_from_db()
    return session.status


def clock_problem() -> str:
    return find_problems().get("clock", "")


@pytest.mark.parametrize("trusted", [False, True])
def test_a_machine_three_hours_fast_cancels_nothing_early(too_few, set_clock, monkeypatch, trusted):
    set_clock(HOURS)
    if trusted:  # then the database's clock alone is what keeps it
        monkeypatch.setattr(Task, "decides", False)
    assert settle(too_few) == "open"


def test_people_still_register_by_the_databases_clock(too_few, people, set_clock):
    set_clock(HOURS)
    assert Registration.objects.register(people(1)[0], too_few).is_registered


@pytest.mark.parametrize("by", [HOURS, -HOURS, timedelta(seconds=65)])
def test_a_worker_whose_clock_is_wrong_decides_nothing(enough, set_clock, by):
    set_clock(by)
    assert settle(enough) == "open"
    set_clock(timedelta(0))
    assert settle(enough) == "confirmed"


def test_a_worker_whose_clock_is_a_little_off_decides(enough, set_clock):
    set_clock(timedelta(seconds=55))
    assert settle(enough) == "confirmed"


def test_every_other_task_decides():
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert {name for name, task in ours.items() if not task.decides} == GO_ON
    assert all(isinstance(task, Task) for task in ours.values())


def test_a_worker_whose_clock_is_wrong_still_sends(too_few, set_clock, smtp_sink):
    Notice.objects.update(next_attempt_at=database_clock.now())
    set_clock(HOURS)
    deliver_soon()
    assert len(smtp_sink.received) == 1


def test_readyz_and_the_banner_name_a_worker_whose_clock_is_wrong(clerk, enough, set_clock):
    set_clock(HOURS)
    settle(enough)
    set_clock(timedelta(0))
    deliver_due()
    assert clock_problem().startswith("The clock of a worker or of beat is off by more than a minute")
    said = read(clerk.get(reverse("admin:index"))).text
    assert "The clock of the worker on " in said and " is 3 hours ahead of the database’s." in said


def test_it_is_said_while_nothing_is_to_be_decided(set_clock):
    set_clock(-HOURS)
    deliver_due()
    set_clock(timedelta(0))
    assert clock_problem()


def test_it_is_forgotten_after_five_minutes(set_clock, now):
    set_clock(HOURS)
    deliver_due()
    set_clock(timedelta(0))
    assert "clock" in find_problems(now + timedelta(minutes=4))
    assert "clock" not in find_problems(now + timedelta(minutes=6))


def test_a_web_process_whose_clock_is_wrong_says_so(client, clerk, set_clock):
    set_clock(HOURS)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["problems"]["clock"].startswith("The clock of this web process is off")
    assert "The clock of the web process on " in read(clerk.get(reverse("admin:index"))).text


def test_beat_tells_the_worker_that_its_clock_is_wrong(set_clock):
    set_clock(-HOURS)
    said = beats_clock()
    set_clock(timedelta(0))
    assert beats_clock() == ""
    deliver_due(said)
    assert "beat on " in MailQueue.load().clock_problem and " behind the database’s." in said
    assert clock_problem()


def test_the_log_says_it_once_a_minute(enough, set_clock, caplog):
    set_clock(HOURS)
    with caplog.at_level(logging.ERROR):
        settle(enough)
        deliver_due()
    (line,) = [record.message for record in caplog.records if record.name == "operations.right_clock"]
    assert line.startswith("The clock of the worker on ") and line.endswith(
        "decides nothing until its clock is set right."
    )


def test_nothing_is_said_of_a_clock_that_is_right(enough):
    deliver_due(beats_clock())
    assert settle(enough) == "confirmed"
    assert clock_problem() == "" and MailQueue.load().clock_wrong_at is None
