"""The current invitation once more: the same SEQUENCE, a later DTSTAMP, and never two on their way."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction

from accounts.signals import address_changed
from devtools.testing.calendar_readers import calendar_of
from notifications.kinds import KINDS
from notifications.models import CalendarThread, Notice
from notifications.outbox.deliver import drain
from operations.invariants import breaches

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent_thread(invited, smtp_sink) -> CalendarThread:
    """The thread of a person whose invitation was sent."""
    drain()
    return invited.threads.get()


def test_it_repeats_the_sequence_with_a_later_stamp(sent_thread, office, smtp_sink, now):
    sent_thread.send_again(by=office, now=now)
    drain()
    first, again = [calendar_of(received) for received in smtp_sink.received]
    assert (again.method, again["UID"], again["SEQUENCE"]) == ("REQUEST", first["UID"], first["SEQUENCE"])
    assert again["DTSTAMP"].dt >= first["DTSTAMP"].dt
    assert smtp_sink.received[0].message["Message-ID"] != smtp_sink.received[1].message["Message-ID"]
    assert list(breaches(now)) == []


def test_it_may_be_sent_again_and_again(sent_thread, office, smtp_sink, now):
    for _ in range(3):
        sent_thread.send_again(by=office, now=now)
        drain()
    assert len(smtp_sink.received) == 4
    assert set(Notice.objects.filter(kind="again").values_list("sequence", flat=True)) == {1}


def test_while_one_is_on_its_way_there_is_no_second(sent_thread, invited, office, now):
    first = sent_thread.send_again(by=office, now=now)
    assert sent_thread.send_again(by=office, now=now) == first
    Notice.objects.filter(pk=first.pk).update(state=Notice.State.SENDING)
    assert sent_thread.send_again(by=office, now=now) == first
    assert Notice.objects.filter(kind="again").count() == 1


def test_an_invitation_that_never_left_is_the_one_to_come(invited, office, now):
    notice = invited.threads.get().send_again(by=office, now=now)
    assert (notice.kind, notice.state) == ("confirmed", "queued")
    assert not LogEntry.objects.filter(change_message__contains="again").exists()


def test_the_office_is_on_record_and_the_person_is_not(sent_thread, invited, office, now):
    sent_thread.send_again(by=invited.person, now=now)
    drain()
    sent_thread.send_again(by=office, now=now)
    entry = LogEntry.objects.get(content_type__model="calendarthread")
    assert (entry.user, entry.get_change_message()) == (office, f"Invitation sent again by {office}.")


def test_the_cancellation_comes_after_it_and_wins(sent_thread, invited, office, smtp_sink, now):
    sent_thread.send_again(by=office, now=now)
    invited.withdraw(by=invited.person, now=now)
    drain()
    assert [calendar_of(received).method for received in smtp_sink.received] == ["REQUEST", "CANCEL"]
    assert Notice.objects.get(kind="again").state == Notice.State.SUPERSEDED
    assert list(breaches(now)) == []


def test_who_left_is_not_invited_again(sent_thread, invited, office, now):
    invited.withdraw(by=invited.person, now=now)
    with pytest.raises(CalendarThread.NotInvited, match="not invited to this meeting"):
        sent_thread.send_again(by=office, now=now)


def test_a_meeting_that_is_over_is_not_repeated(sent_thread, office, now):
    with pytest.raises(CalendarThread.NotInvited, match="is over"):
        sent_thread.send_again(by=office, now=now + timedelta(days=15))


def test_two_at_once_are_one(sent_thread, office, now):
    notice = sent_thread.send_again(by=office, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.owe_again(KINDS["again"], notice.thread, times=1)


def move_to(person, address: str) -> None:
    """Give the person another address, as the office does in the admin."""
    person.email = address
    person.save(update_fields=["email"])
    address_changed.send(type(person), person=person)


def test_a_new_address_is_sent_the_invitation_that_holds(sent_thread, person, smtp_sink, now):
    move_to(person, "new@example.edu")
    drain()
    first, again = smtp_sink.received
    assert (first.recipients, again.recipients) == (["person1@example.edu"], ["new@example.edu"])
    event = calendar_of(again)
    assert (event["UID"], event["SEQUENCE"], event["ATTENDEE"]) == (sent_thread.uid, 1, "mailto:new@example.edu")
    assert list(breaches(now)) == []


def test_what_waits_goes_to_the_new_address_and_once(invited, person, smtp_sink):
    move_to(person, "new@example.edu")
    drain()
    assert {tuple(one.recipients) for one in smtp_sink.received} == {("new@example.edu",)}
    assert [one.kind for one in Notice.objects.filter(method="REQUEST")] == ["confirmed"]


def test_who_left_is_sent_no_invitation_at_a_new_address(sent_thread, invited, person, smtp_sink, now):
    invited.withdraw(by=person, now=now)
    drain()
    move_to(person, "new@example.edu")
    assert drain() == 0 and not Notice.objects.filter(to="new@example.edu").exists()
