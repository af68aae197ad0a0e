"""The Celery app and every schedule, on one page."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("quorum")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MINUTE = 60.0

# Every entry is its own set of transactions, safe to run twice or late.
# `expires` keeps a stopped worker from coming back to an hour of identical ticks.
app.conf.beat_schedule = {
    "settle-due": {"task": "sessions_app.tasks.settle_due", "schedule": MINUTE, "options": {"expires": MINUTE}},
    "fill-free-seats": {
        "task": "registrations.tasks.fill_free_seats",
        "schedule": MINUTE,
        "options": {"expires": MINUTE},
    },
    "close-waitlists": {
        "task": "registrations.tasks.close_waitlists",
        "schedule": MINUTE,
        "options": {"expires": MINUTE},
    },
    "deliver-due": {"task": "notifications.tasks.deliver_due", "schedule": MINUTE, "options": {"expires": MINUTE}},
    "read-answers": {"task": "notifications.tasks.read_answers", "schedule": MINUTE, "options": {"expires": MINUTE}},
    "carry-out-declines": {
        "task": "notifications.tasks.carry_out_declines",
        "schedule": MINUTE,
        "options": {"expires": MINUTE},
    },
    "call-for-people": {
        "task": "notifications.tasks.call_for_people",
        "schedule": MINUTE,
        "options": {"expires": MINUTE},
    },
    "remind": {"task": "notifications.tasks.remind", "schedule": MINUTE, "options": {"expires": MINUTE}},
    "remind-of-pre-work": {
        "task": "notifications.tasks.remind_of_pre_work",
        "schedule": MINUTE,
        "options": {"expires": MINUTE},
    },
    "write-digest": {"task": "notifications.tasks.write_digest", "schedule": MINUTE, "options": {"expires": MINUTE}},
    "forget-unverified": {
        "task": "accounts.tasks.forget_unverified",
        "schedule": 60 * MINUTE,
        "options": {"expires": 60 * MINUTE},
    },
    # In UTC: at night where the portal is meant for.
    "check-invariants": {"task": "notifications.tasks.check_invariants", "schedule": crontab(hour=9, minute=15)},
    "forget-received-mail": {
        "task": "notifications.tasks.forget_received_mail",
        "schedule": crontab(hour=9, minute=5),
        "options": {"expires": 12 * 60 * MINUTE},
    },
    "forget-accommodations": {
        "task": "registrations.tasks.forget_accommodations",
        "schedule": crontab(hour=9, minute=10),
        "options": {"expires": 12 * 60 * MINUTE},
    },
}
