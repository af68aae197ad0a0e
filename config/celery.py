"""The Celery app and every schedule, on one page."""

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.beat import BeatLazyFunc
from celery.schedules import crontab, schedule
from celery.signals import beat_init, worker_init
from django.db import Error
from django.urls import reverse

from foundation import database_clock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("quorum", task_cls="operations.right_clock:Task")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MINUTE = 60.0


def every(seconds: float) -> schedule:
    """Return the schedule of what comes every `seconds`. Beat too goes by the database's clock, and not its machine's.

    Otherwise it would be silent for three hours after its clock, three hours fast, was set right.
    """
    return schedule(timedelta(seconds=seconds), nowfun=database_clock.now)


def every_minute(task: str) -> dict[str, Any]:
    """Return the entry of `task`; a stopped worker does not come back to an hour of identical ticks."""
    return {"task": task, "schedule": every(MINUTE), "options": {"expires": MINUTE}}


def at(hour: int, minute: int) -> crontab:
    """Return the schedule of what comes once a day, at that time in UTC."""
    return crontab(hour=hour, minute=minute, nowfun=database_clock.now)


def beats_clock() -> str:
    """Return what is wrong with beat's own clock, in a sentence, "" if nothing is or nobody can tell."""
    try:
        return database_clock.problem("beat")
    except Error:
        return ""


# By the keys of `operations/forgetting/kinds.py`, which cannot be imported before the apps are there. First what others
# stand on: attendance goes before the accounts that nobody uses.
FORGOTTEN_AT_NIGHT = (
    "received",
    "mail",
    "access",
    "colleagues",
    "requests",
    "season-files",
    "looks",
    "attendance",
    "records",
    "lapsed",
    "audit",
    "idle",
    "mail-of-the-erased",
)

# Every entry is its own set of transactions, safe to run twice or late.
app.conf.beat_schedule = {
    "settle-due": every_minute("sessions_app.tasks.settle_due"),
    "fill-free-seats": every_minute("registrations.tasks.fill_free_seats"),
    "close-waitlists": every_minute("registrations.tasks.close_waitlists"),
    "register-all-pasted": every_minute("registrations.tasks.register_all_pasted"),
    "carry-merges-on": every_minute("registrations.tasks.carry_merges_on"),
    # It never expires: whether a tick has expired is told by two clocks, and this one says which of them is wrong.
    "deliver-due": {
        "task": "notifications.tasks.deliver_due",
        "schedule": every(MINUTE),
        "args": [BeatLazyFunc(beats_clock)],
    },
    # It reads every seat that is ahead, and finds something only where a promise was broken.
    "invite-the-uninvited": {
        "task": "notifications.tasks.invite_the_uninvited",
        "schedule": every(10 * MINUTE),
        "options": {"expires": 10 * MINUTE},
    },
    "read-answers": every_minute("notifications.tasks.read_answers"),
    "carry-out-declines": every_minute("notifications.tasks.carry_out_declines"),
    "call-for-people": every_minute("notifications.tasks.call_for_people"),
    "remind": every_minute("notifications.tasks.remind"),
    "remind-of-pre-work": every_minute("notifications.tasks.remind_of_pre_work"),
    "ask-for-links": every_minute("notifications.tasks.ask_for_links"),
    "write-afterwards": every_minute("notifications.tasks.write_afterwards"),
    "write-digest": every_minute("notifications.tasks.write_digest"),
    "take-in-seasons": every_minute("sessions_app.tasks.take_in_seasons"),
    "let-addresses-take-hold": every_minute("accounts.tasks.let_addresses_take_hold"),
    "open-evaluations": every_minute("outcomes.tasks.open_evaluations"),
    "close-evaluations": {
        "task": "outcomes.tasks.close_evaluations",
        "schedule": every(60 * MINUTE),
        "options": {"expires": 60 * MINUTE},
    },
    "forget-unverified": {
        "task": "accounts.tasks.forget_unverified",
        "schedule": every(60 * MINUTE),
        "options": {"expires": 60 * MINUTE},
    },
    # In UTC: at night where the portal is meant for.
    # Before anything is forgotten.
    "count-figures": {
        "task": "outcomes.tasks.count_figures",
        "schedule": at(8, 45),
        "options": {"expires": 12 * 60 * MINUTE},
    },
    "fold-what-was-written": {
        "task": "operations.tasks.fold_what_was_written",
        "schedule": at(9, 2),
        "options": {"expires": 12 * 60 * MINUTE},
    },
    "check-invariants": {"task": "operations.tasks.check_invariants", "schedule": at(9, 45)},
    "clear-browser-sessions": {
        "task": "accounts.tasks.clear_browser_sessions",
        "schedule": at(9, 0),
        "options": {"expires": 12 * 60 * MINUTE},
    },
    # One entry for each kind, so that none waits for another (operations/forgetting/kinds.py has what they do).
    **{
        f"forget-{kind}": {
            "task": "operations.tasks.forget",
            "schedule": at(9, 5 + 2 * number),
            "args": [kind],
            "options": {"expires": 12 * 60 * MINUTE},
        }
        for number, kind in enumerate(FORGOTTEN_AT_NIGHT)
    },
}


@beat_init.connect
def tick_at_once(sender: Any, **kwargs: Any) -> None:
    """Make each entry of every minute that has never run due as beat starts; by itself Celery waits a minute.

    Until the first tick /readyz and the banner of the office say that beat has stopped.
    """
    for entry in sender.scheduler.schedule.values():
        if entry.total_run_count == 0 and entry.schedule == timedelta(seconds=MINUTE):
            entry.last_run_at -= timedelta(seconds=MINUTE)


@worker_init.connect
def read_addresses(**kwargs: Any) -> None:
    """Read all addresses once before the processes of a worker fork off, because mail names some of them.

    Otherwise each new process would do so, for more than a second, before it sends its first mail.
    """
    reverse("home")
