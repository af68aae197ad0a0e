"""An edit and a sender at once: either the sender finds the new values, or an update is owed. PostgreSQL only."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from notifications.models import Notice
from notifications.outbox.claim import claim
from registrations.models import Registration
from sessions_app.models import Times

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def confirmed_one(make_session, people, now):
    """A confirmed session of one person, whose invitation waits."""
    session = make_session(minimum=1)
    Registration.objects.register(people(1)[0], session, now=now)
    session.settle(now=now)
    Notice.objects.exclude(kind="confirmed").delete()
    return session


def elsewhere(work) -> threading.Thread:
    """Start `work` on a connection of its own."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def move(session, office) -> None:
    meeting, day = session.meetings.get(), timedelta(days=1)
    new = Times(meeting.starts_at + day, meeting.ends_at + day, meeting.time_zone)
    session.reschedule({meeting: new}, by=office)


def kinds() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def test_a_sender_passes_over_an_invitation_that_is_being_edited(confirmed_one, office):
    found = []
    with transaction.atomic():
        move(confirmed_one, office)
        elsewhere(lambda: found.append(claim(timezone.now()))).join(10)
    assert found == [None]
    notice = claim(timezone.now())
    assert notice.facts["says"]["starts_at"] == confirmed_one.meetings.get().starts_at.isoformat()
    assert kinds() == ["confirmed"]


def test_an_edit_waits_for_the_sender_and_owes_an_update(confirmed_one, office):
    old = confirmed_one.meetings.get().starts_at
    with transaction.atomic():
        notice = claim(timezone.now())
        editing = elsewhere(lambda: move(confirmed_one, office))
        editing.join(0.7)
        assert editing.is_alive()
    editing.join(10)
    assert notice.facts["says"]["starts_at"] == old.isoformat()
    assert kinds() == ["confirmed", "changed"]


def test_a_second_edit_waits_for_the_sender_of_the_first(confirmed_one, office):
    claim(timezone.now())
    Notice.objects.update(state="sent")
    move(confirmed_one, office)
    Notice.objects.filter(kind="changed").update(next_attempt_at=timezone.now())
    with transaction.atomic():
        first = claim(timezone.now())
        editing = elsewhere(lambda: move(confirmed_one, office))
        editing.join(0.7)
        assert editing.is_alive()
    editing.join(10)
    assert first.kind == "changed"
    assert kinds() == ["confirmed", "changed", "changed"]
    assert list(Notice.objects.order_by("pk").values_list("sequence", flat=True)) == [1, 2, 3]


def test_edits_and_senders_at_once_end_with_what_is_so(confirmed_one, office):
    """Ten edits against a sender that takes whatever is due at once: the last message says what the portal says."""
    stop = threading.Event()

    def keep_sending():
        while not stop.is_set():
            Notice.objects.filter(state="queued").update(next_attempt_at=timezone.now())
            if claim(timezone.now()):
                Notice.objects.filter(state="sending").update(state="sent")

    sending = elsewhere(keep_sending)
    for _ in range(10):
        move(confirmed_one, office)
    stop.set()
    sending.join(10)
    Notice.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    while claim(timezone.now()):
        Notice.objects.filter(state="sending").update(state="sent")
    last = Notice.objects.filter(state="sent").order_by("sequence").last()
    assert last.thread.shown["starts_at"] == confirmed_one.meetings.get().starts_at.isoformat()
    sequences = list(Notice.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))
