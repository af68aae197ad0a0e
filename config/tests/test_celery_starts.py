"""Beat and workers are ready as they start: beat ticks at once, and a worker has read what its mail names."""

import os
import subprocess
import sys

import pytest
from celery.beat import Service
from celery.signals import beat_init

from config.celery import MINUTE, app, every

EVERY_MINUTE = {name for name, entry in app.conf.beat_schedule.items() if entry["schedule"] == every(MINUTE)}


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


def test_a_worker_reads_all_addresses_before_its_processes_fork():
    code = """
import sys, django
django.setup()
from celery.signals import worker_init
import config.celery
before = "config.urls" in sys.modules
worker_init.send(sender=None)
print(before, "config.urls" in sys.modules)
"""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    assert said == "False True\n"
