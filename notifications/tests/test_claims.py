"""Notices are claimed several at a time, and what must not wait or may do harm is claimed alone (G7, G8)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.notices import written_code
from notifications.models import MailQueue, Notice
from notifications.outbox import deliver
from notifications.outbox.claim import LEASE, claim, claim_some
from notifications.outbox.deliver import Sender, drain
from registrations.models import Registration
from sessions_app.models import Meeting, Session, Times

pytestmark = pytest.mark.django_db


@pytest.fixture
def six(make_session, people, now):
    """A confirmed session with six registrations, whose invitations are all that is owed."""
    session = make_session()
    registrations = [Registration.objects.register(person, session, now=now) for person in people(6)]
    session.settle(now=now)
    Notice.objects.exclude(method="REQUEST").delete()
    return session, registrations


def later(**by):
    return timezone.now() + timedelta(**by)


def send_slowly(monkeypatch) -> int:
    """Claim everything and send as if each message took longer than a claim is held. Returns how many were tried."""
    with monkeypatch.context() as patch, Sender() as sender:
        patch.setattr(deliver, "HELD_SECONDS", 0)
        return sender.send(claim_some(timezone.now(), most=20), MailQueue.load())


def write_code(person) -> Notice:
    return written_code(person.email, person, "Code", "123 456", "h", later(minutes=3))


def test_several_are_claimed_in_one_go(six):
    taken = claim_some(timezone.now(), most=4)
    assert [notice.pk for notice in taken] == list(Notice.objects.order_by("pk").values_list("pk", flat=True)[:4])
    assert (
        list(Notice.objects.order_by("pk").values_list("state", "attempts"))
        == [("sending", 1)] * 4 + [("queued", 0)] * 2
    )


def test_a_claim_of_six_makes_as_many_queries_as_of_two(make_session, people, now):
    session, counts = make_session(capacity=30), []
    for number in (2, 6):
        crowd = people(number)
        for person in crowd:
            Registration.objects.register(person, session, now=now)
        session.settle(now=now)
        if not session.is_confirmed:
            session.run_anyway("Enough.", by=crowd[0], now=now)
        Notice.objects.exclude(method="REQUEST").delete()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(claim_some(timezone.now(), most=20)) == number
        counts.append(len(queries))
        Notice.objects.update(state="sent", lease_until=None)
    assert counts[0] == counts[1] <= 14


def test_a_code_is_claimed_alone(six, person):
    code = write_code(person)
    assert claim_some(timezone.now(), most=20) == [code]
    assert len(claim_some(timezone.now(), most=20)) == 6


def test_a_notice_that_was_tried_before_is_claimed_alone(six):
    everything = claim_some(timezone.now(), most=20)
    assert len(everything) == 6
    after = timezone.now() + LEASE + timedelta(seconds=1)
    for notice in everything:
        assert claim_some(after, most=20) == [notice]
    assert claim_some(after, most=20) == []


def test_an_invitation_sent_again_is_claimed_alone(six, office, now):
    session, registrations = six
    Notice.objects.update(state="sent")
    again = [registration.threads.get().send_again(by=office, now=now) for registration in registrations[:2]]
    assert [claim_some(timezone.now(), most=20) for _ in again] == [[notice] for notice in again]


def test_a_cancellation_with_an_older_message_waiting_is_claimed_alone(six, now):
    session, registrations = six
    for registration in registrations[:2]:
        registration.withdraw(by=registration.person, now=now)
    later_ones = timezone.now() + timedelta(minutes=1)
    Notice.objects.filter(registration__in=registrations[:2], method="REQUEST").update(next_attempt_at=later_ones)
    Notice.objects.filter(registration__in=registrations[2:]).update(state="sent")
    kinds = [[notice.kind for notice in claim_some(timezone.now(), most=20)] for _ in range(3)]
    assert kinds == [["withdrawn"], ["withdrawn"], []]


@pytest.mark.parametrize(
    "end",
    [
        lambda now: Registration.objects.update(status="withdrawn", withdrawn_at=now),
        lambda now: Session.objects.update(status="cancelled", cancelled_at=now),
        lambda now: Meeting.every.update(cancelled_at=now),
    ],
    ids=["the person left", "the session is cancelled", "the meeting is cancelled"],
)
def test_an_invitation_that_no_longer_holds_is_set_aside(six, now, end):
    end(now)
    assert claim_some(timezone.now(), most=20) == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"superseded"}


def test_of_one_thread_one_message_at_most_is_claimed(six, now):
    session, registrations = six
    first = registrations[0].notices.get()
    thread = first.thread
    Notice.objects.exclude(pk=first.pk).delete()
    fields = {"to": first.to, "person": first.person, "registration": first.registration, "thread": thread}
    twin = Notice.objects.create(
        kind="confirmed", method="REQUEST", sequence=first.sequence, dedupe_key="twin", **fields
    )
    assert claim_some(timezone.now(), most=20) == [first]
    assert claim_some(timezone.now(), most=20) == []
    Notice.objects.filter(pk=first.pk).update(state="sent", lease_until=None)
    assert claim_some(timezone.now(), most=20) == [twin]


def test_what_a_slow_server_leaves_undone_counts_as_never_tried(six, smtp_sink, monkeypatch):
    assert send_slowly(monkeypatch) == 1
    waiting = Notice.objects.filter(state="queued")
    assert (len(smtp_sink.received), waiting.count()) == (1, 5)
    assert not waiting.exclude(attempts=0, token=None, lease_until=None).exists()
    drain()
    assert len({received.message["X-Quorum-Notice"] for received in smtp_sink.received}) == len(smtp_sink.received) == 6


def test_a_new_code_overtakes_what_a_slow_server_leaves_undone(six, person, smtp_sink, monkeypatch):
    send_slowly(monkeypatch)
    write_code(person)
    drain()
    assert [received.message["Subject"] == "Code" for received in smtp_sink.received] == [False, True] + [False] * 5


def test_mail_of_a_paused_queue_is_written_again(six, smtp_sink, office, now):
    session, registrations = six

    async def refuse(server, session, envelope, address, options):
        return "530 5.7.0 Not from you"

    smtp_sink.handle_MAIL = refuse
    drain()
    assert MailQueue.load().is_paused(timezone.now())
    assert set(Notice.objects.values_list("state", "attempts", "text", "calendar")) == {("queued", 0, "", "")}
    (meeting,) = session.meetings.all()
    moved = meeting.starts_at + timedelta(hours=2)
    session.reschedule({meeting: Times(moved, moved + timedelta(hours=1), meeting.time_zone)}, by=office, now=now)
    del smtp_sink.handle_MAIL
    MailQueue.objects.update(paused_until=None)
    Notice.objects.filter(state="queued").update(next_attempt_at=timezone.now())
    drain()
    assert {calendar_of(received)["DTSTART"].dt for received in smtp_sink.received} == {moved}
    assert len(smtp_sink.received) == 6


def test_claiming_one_takes_the_first(six):
    first = Notice.objects.order_by("pk").first()
    assert claim(timezone.now()) == first


# ---- kinds that are gone ----


def test_a_notice_of_a_kind_that_is_gone_holds_up_no_other(six, mailoutbox):
    _, (first, *_) = six
    gone = Notice.objects.create(kind="gone", to="a@example.edu", registration=first, facts={}, dedupe_key="gone:1::")
    Notice.objects.filter(pk=gone.pk).update(next_attempt_at=later(days=-1))
    drain()
    gone.refresh_from_db()
    assert (gone.state, gone.attempts) == ("queued", 1)
    assert gone.problem == "LookupError: There is no kind of mail named gone any more."
    assert (len(mailoutbox), str(gone), gone.subject_unless_secret) == (6, "gone (Queued)", "")


def test_a_kind_that_is_gone_supersedes_nothing(make_session, person, now):
    registration = Registration.objects.register(person, make_session(), now=now)
    Notice.objects.create(
        kind="gone", to=person.email, registration=registration, state="sent", facts={}, dedupe_key="gone:1::"
    )
    assert claim(timezone.now()).kind == "registered"
