"""What a worker decides whose clock is wrong: nothing (G5, G16)."""

import time
from datetime import timedelta

from django.utils import timezone

from devtools.processes import private_folder
from devtools.torture.outages import wait_for_beat
from devtools.torture.post_office import PostOffice, Senders
from devtools.torture.stage import make_session, people
from devtools.torture.verdict import Verdict
from notifications.models import MailQueue
from notifications.tasks import deliver_due
from operations.health import find_problems
from sessions_app.models import Session
from sessions_app.tasks import settle_due, settle_session

TWO_HOURS = timedelta(hours=2)
PATIENCE = 300  # seconds until the worker whose clock is right has confirmed all


def early(count: int, without: str) -> Verdict:
    """Let a worker decide `count` sessions a time whose clock is three hours ahead, then one three hours behind.

    They are to be decided in two hours. Beside them are as many that have their minimum: such a worker confirms none,
    and one whose clock is right confirms all.
    """
    verdict, settings = Verdict(), f"devtools.torture.controls.{'own_clock' if without else 'clock'}"
    everybody, confirmed = people(2), 0
    with private_folder() as folder, PostOffice() as mail:
        for hours in (3, -3):
            short = [make_session(everybody[:1]) for _ in range(count)]
            enough = [make_session(everybody, minimum=2) for _ in range(count)]
            MailQueue.objects.update(clock_wrong_at=None)
            Session.objects.filter(pk__in=[one.pk for one in short]).update(confirm_by=timezone.now() + TWO_HOURS)
            with Senders(folder, mail.url(), workers=0) as senders:
                wrong = {"DJANGO_SETTINGS_MODULE": settings, "CLOCK_SHIFT": str(hours * 3600)}
                senders.workers.append(senders.start_worker(**wrong))
                ask_to_decide([*short, *enough])
                if decided := [one for one in enough if status_of(one) != Session.Status.OPEN]:
                    verdict.breaks("a worker whose clock is wrong has decided", len(decided))
                if "clock" not in find_problems():
                    verdict.breaks("nobody is told that a clock is wrong")
                senders.workers.append(senders.start_worker())
                until = time.monotonic() + PATIENCE
                while not all(status_of(one) == Session.Status.CONFIRMED for one in enough):
                    ask_to_decide([])
                    time.sleep(1)
                    if time.monotonic() > until:
                        verdict.breaks("a session with its minimum is not confirmed")
                        break
            confirmed += sum(status_of(one) == Session.Status.CONFIRMED for one in enough)
            if decided := [one for one in short if status_of(one) != Session.Status.OPEN]:
                verdict.breaks("a session was decided two hours early", len(decided))
    return verdict.say(
        f"a worker three hours ahead, then one three hours behind: none of {2 * count} sessions decided early, "
        f"{confirmed} of {2 * count} confirmed by the worker beside it"
    )


def status_of(session: Session) -> str:
    return Session.objects.values_list("status", flat=True).get(pk=session.pk)


def ask_to_decide(sessions: list[Session]) -> None:
    """Publish the sweep, and the wake-up of each session, and wait until a worker has carried them out."""
    MailQueue.objects.update(beat_at=None)
    for session in sessions:
        settle_session.apply_async([session.pk])
    settle_due.apply_async()
    deliver_due.apply_async()
    wait_for_beat()
