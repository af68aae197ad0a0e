"""Beat ticks as it starts: a portal that has just started is not one whose beat has stopped."""

import pytest
from celery.beat import Service
from celery.signals import beat_init

from config.celery import MINUTE, app

EVERY_MINUTE = {name for name, entry in app.conf.beat_schedule.items() if entry["schedule"] == MINUTE}


@pytest.fixture
def start(tmp_path):
    """start() is a beat that keeps in one file what it has run, and has just started."""

    def begin() -> Service:
        beat = Service(app, schedule_filename=str(tmp_path / "schedule"))
        beat_init.send(sender=beat)
        return beat

    return begin


def due(beat) -> set[str]:
    """Return the names of what beat would publish now."""
    return {name for name, entry in beat.scheduler.schedule.items() if entry.is_due().is_due}


def test_what_comes_every_minute_comes_at_once_when_it_has_never_run(start):
    assert "deliver-due" in EVERY_MINUTE
    assert due(start()) == EVERY_MINUTE


def test_what_has_just_run_does_not_come_again_because_beat_starts_again(start):
    first = start()
    for name in EVERY_MINUTE:
        first.scheduler.reserve(first.scheduler.schedule[name])
    first.scheduler.close()
    assert due(start()) == set()
