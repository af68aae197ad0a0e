"""Send what is due at an instant that a test passes in, without a mail server."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from notifications.kinds import afterwards, at_risk, decisions, links, pre_work, reminders
from notifications.models import Notice
from notifications.outbox.claim import claim
from notifications.outbox.compose import write_mail
from notifications.outbox.deliver import expire
from sessions_app.models import Session

HOUR = timedelta(hours=1)
TIMED = ["at_risk", "room_left", "reminder", "pre_work", "no_link", "afterwards", "digest"]


def sweep(now: datetime) -> None:
    """Write what the moment owes, as beat does every minute."""
    for owe in (at_risk.owe, reminders.owe, pre_work.owe, links.owe, afterwards.owe, decisions.owe_digest):
        owe(now)


def send(now: datetime) -> list[tuple[str, str]]:
    """Send what is due at `now` and return kind and address of each, news of other kinds left out."""
    news().update(state=Notice.State.SENT, created_at=now)
    expire(now)
    sent = []
    while notice := claim(now):
        assert write_mail(notice)["text"]
        Notice.objects.filter(pk=notice.pk).update(state=Notice.State.SENT, sent_at=now, lease_until=None, token=None)
        sent.append((notice.kind, notice.to))
    return sent


def news() -> QuerySet[Notice]:
    """The queued notices of the other kinds."""
    return Notice.objects.filter(state=Notice.State.QUEUED).exclude(kind__in=TIMED)


def live(times: Iterable[datetime], look: Callable[[datetime], None]) -> tuple[Counter, dict]:
    """Step through `times`, `look` before each sweep, and return how much was sent of each kind, and when to whom."""
    counts, when = Counter(), {}
    for now in times:
        for pk in Session.objects.due_for_decision(now).values_list("pk", flat=True):
            Session.objects.get(pk=pk).settle(now=now)
        look(now)
        sweep(now)
        if Notice.objects.filter(state=Notice.State.QUEUED).exists():
            for kind, to in send(now):
                counts[kind] += 1
                when.setdefault((kind, to), []).append(now)
    return counts, when


def first_hour(instant: datetime) -> datetime:
    """Return the first full hour at or after `instant`."""
    hour = instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour if hour == instant else hour + HOUR


def sweep_and_send(now: datetime) -> list[tuple[str, str]]:
    """Do both, each twice: a second beat, and a second worker, change nothing."""
    sweep(now)
    sweep(now)
    sent = send(now)
    assert send(now) == []
    return sorted(sent)


def queries(owe: Callable[[datetime], None], now: datetime) -> tuple[int, int]:
    """Return how many queries writing what is due at `now` takes, and how many a second sweep that finds it written."""
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            owe(now)
        counts.append(len(captured))
    return tuple(counts)
