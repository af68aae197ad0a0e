"""What each calendar was told last, on the roster and on the person's page; and sending it again."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from devtools.testing.page import read
from notifications.models import CalendarThread, Notice
from notifications.outbox.deliver import drain
from office.mail.invitations import in_session, lines, of_person
from registrations.models import Registration

pytestmark = pytest.mark.django_db


def roster(registration) -> str:
    return reverse("admin:registrations_registration_roster", args=[registration.session_id])


def of(registration) -> str:
    return reverse("admin:accounts_person_change", args=[registration.person_id])


def again(registration) -> str:
    return reverse("admin:notifications_calendarthread_send_again", args=[registration.threads.get().pk])


def line(registration):
    return in_session(registration.session)[0]


def test_roster_and_person_show_uid_sequence_and_outcome(clerk, invited, smtp_sink):
    drain()
    thread = invited.threads.get()
    for page in (roster(invited), of(invited)):
        text = read(clerk.get(page))
        assert (
            f"UID {thread.uid}" in text.text and "Invitation, SEQUENCE 1" in text.text and "Not answered" in text.text
        )
        assert "Delivered to the mail server" in text.text and "Send again" in text.text


def test_the_newest_message_is_the_one_shown(invited, person, smtp_sink, now):
    drain()
    invited.withdraw(by=person, now=now)
    assert (line(invited).what, line(invited).may_be_sent_again) == ("Cancellation, SEQUENCE 2", False)
    assert line(invited).outcome.startswith("Waiting to be sent since")
    drain()
    assert line(invited).outcome.startswith("Delivered to the mail server")


def test_it_says_why_a_message_was_not_delivered(invited, smtp_sink, office, now):
    smtp_sink.deferred.add(invited.person.email)
    drain()
    assert line(invited).outcome.startswith("Not delivered yet, tried again ")
    assert line(invited).outcome.endswith(": 451 4.2.1 Try again later")
    smtp_sink.deferred.clear()
    smtp_sink.refused.add(invited.person.email)
    Notice.objects.update(next_attempt_at=now)
    drain()
    assert (line(invited).outcome, line(invited).failed) == ("Not delivered: 550 5.1.1 No such mailbox", True)
    Notice.objects.get(thread__isnull=False).handle(office, "Called them.", now=now)
    assert line(invited).outcome == "Not delivered: 550 5.1.1 No such mailbox. Handled: Called them."


def test_nobody_is_invited_before_the_session_is_confirmed(clerk, make_session, person, now):
    registration = Registration.objects.register(person, make_session(), now=now)
    assert in_session(registration.session) == [] == of_person(person)
    assert "Invitations go out once a session is confirmed." in read(clerk.get(roster(registration))).text


@pytest.mark.parametrize("back", ["", "person"])
def test_the_office_sends_the_current_invitation_again(clerk, office, invited, smtp_sink, back):
    drain()
    response = clerk.post(again(invited), {"back": back})
    assert response.url == (of(invited) if back else roster(invited))
    assert "The invitation to Person 1 is on its way." in read(clerk.get(response.url)).text
    drain()
    assert len(smtp_sink.received) == 2
    assert line(invited).what == "Invitation, SEQUENCE 1"
    entry = LogEntry.objects.get(content_type__model="calendarthread")
    assert (entry.user, entry.get_change_message()) == (office, "Invitation sent again by Office Person.")


def test_pressing_twice_sends_one(clerk, invited, smtp_sink):
    drain()
    for _ in range(2):
        assert clerk.post(again(invited)).status_code == 302
    assert Notice.objects.filter(kind="again").count() == 1


def test_a_cancelled_place_has_no_invitation_to_send(clerk, invited, person, now):
    invited.withdraw(by=person, now=now)
    page = read(clerk.post(again(invited), follow=True))
    assert "This person is not invited to this meeting" in page.text
    assert not Notice.objects.filter(kind="again").exists()


def test_a_meeting_that_is_over_offers_nothing(invited, now):
    threads = CalendarThread.objects.all()
    assert [one.may_be_sent_again for one in lines(threads, now)] == [True]
    assert [one.may_be_sent_again for one in lines(threads, now + timedelta(days=30))] == [False]


def test_who_may_only_look_sends_nothing(client, people, invited):
    staff = people(1, is_staff=True)[0]
    may = ["view_registration", "view_calendarthread", "view_notice"]
    staff.user_permissions.set(Permission.objects.filter(codename__in=may))
    client.force_login(staff)
    page = read(client.get(roster(invited)))
    assert "Invitation, SEQUENCE 1" in page.text and "Send again" not in page.everything
    assert client.post(again(invited)).status_code == 403
    assert client.get(again(invited)).status_code == 405
    staff.user_permissions.set(Permission.objects.filter(codename="view_registration"))
    assert "SEQUENCE" not in read(client.get(roster(invited))).everything


def test_one_persons_page_shows_nobody_elses(clerk, make_session, people, now):
    session = make_session(minimum=1)
    first, second = [Registration.objects.register(person, session, now=now) for person in people(2)]
    session.settle(now=now)
    page = read(clerk.get(of(first)))
    assert first.threads.get().uid in page.text and second.threads.get().uid not in page.everything


def test_the_panels_make_the_same_queries_for_one_and_for_twenty(clerk, make_session, people, now):
    session, counts = make_session(minimum=1), []
    for more in (1, 19):
        for person in people(more):
            Registration.objects.register(person, session, now=now)
        session.settle(now=now)
        registration = Registration.objects.first()
        for page in (roster(registration), of(registration)):
            clerk.get(page)
            with CaptureQueriesContext(connection) as queries:
                clerk.get(page)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
