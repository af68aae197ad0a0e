"""The safety net of the waitlist, and dates that are being merged."""

from datetime import datetime

from celery import shared_task
from django.db import transaction
from django.db.models import F, Q

from accounts.models import Person
from foundation import database_clock
from foundation.sweeps import sweep
from registrations import waitlist
from registrations.merging import flow
from registrations.models import PastedPeople
from registrations.pasted.working import go_on
from sessions_app.models import Session
from sessions_app.models.opening import LAST_DAY

# Seconds that 500 people may take on a slow machine.
LONG = 540


def some_wait(mode: str) -> Q:
    """Return the condition that a seat of one mode, "room" or "online", is free while somebody waits for it."""
    return Q(**{f"{mode}_waiting__gt": 0, f"{mode}_taken__lt": F(f"{mode}_capacity")})


@shared_task
def fill_free_seats() -> None:
    """Promote wherever a seat is free while somebody waits, each session in its own transaction.

    In the last 24 hours before the start such seats are left to the first person who takes them.
    """
    now = database_clock.now()
    waiting = Session.objects.filter(
        Q(room_capacity=None) | some_wait("room") | some_wait("online"),
        status__in=Session.RUNNING,
        waiting_count__gt=0,
        seats_taken__lt=F("capacity"),
        starts_at__gt=now + LAST_DAY,
        merge_by__isnull=True,
    )

    @transaction.atomic
    def fill(session: Session) -> None:
        session.lock()
        waitlist.promote_waiting(session, now)

    sweep(waiting.order_by("pk"), fill, "free seats of session {} were not filled")


@shared_task
def close_waitlists() -> None:
    """Close the waitlist of every session that has started, each in its own transaction.

    A session found open at its start is cancelled instead, by `settle_due`, with everybody told.
    """
    now = database_clock.now()
    held = [Session.Status.CONFIRMED, Session.Status.COMPLETED]
    started = Session.objects.filter(status__in=held, waiting_count__gt=0, starts_at__lte=now)

    @transaction.atomic
    def close(session: Session) -> None:
        session.lock()
        waitlist.close(session, now)

    sweep(started.order_by("pk"), close, "the waitlist of session {} was not closed")


@shared_task
def carry_merges_on() -> None:
    """End every merge whose people have answered, or had their time to; others move as far as there are seats.

    Where the other date is not held any more, or has started, both dates are let be. Each in its own transaction.
    """
    now = database_clock.now()
    merging = Session.objects.filter(merge_by__isnull=False, status__in=Session.RUNNING)
    sweep(merging.order_by("pk"), lambda one: carry_on(one, now), "the merge of session {} was not carried on")


def carry_on(session: Session, now: datetime) -> None:
    """Do what `carry_merges_on` says, for one date that is being merged."""
    into, by = session.merges_into, session.merge_by
    if into is None or by is None:
        return
    if not into.is_running or into.has_started(now):
        session.keep(Person.objects.rule(), now)
    elif by <= now or flow.is_answered(session):
        session.end_merge(Person.objects.rule(), now)
    else:
        session.go_on_merging(now)


@shared_task(time_limit=LONG)
def register_pasted(pk: int) -> None:
    """Register many pasted people, or those who are left, unless another worker is at it."""
    pasted = PastedPeople.objects.select_related("session", "made_by").filter(pk=pk).first()
    if pasted is None or not pasted.claim():
        return
    try:
        go_on(pasted)
    except Exception:
        pasted.release()
        raise


@shared_task(time_limit=LONG)
def register_all_pasted() -> None:
    """Go on with what a lost wake-up or a worker that died left behind."""
    waiting = PastedPeople.objects.waiting(database_clock.now()).values_list("pk", flat=True)
    sweep(list(waiting), register_pasted, "pasted people {} were not registered")
