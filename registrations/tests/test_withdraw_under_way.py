"""withdraw between two meetings: what is still to come leaves the calendar, and nobody takes the seat."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.changing import deliver
from devtools.testing.mail_reader import read_mail
from devtools.testing.office_pages import press_twice
from devtools.testing.page import read
from devtools.testing.registering import next_page
from foundation.dates import short_day
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ZONE = "America/Chicago"


@pytest.fixture
def full_weekly(make_session, people, smtp_sink, now) -> Session:
    """A confirmed, full session of three meetings a week apart, with two people registered and one who waits."""
    first = now.replace(microsecond=0) + timedelta(days=10)
    starts = [first + timedelta(days=7 * week) for week in range(3)]
    plans = [MeetingPlan(start, start + HOUR, ZONE, join_link="https://meet.example.edu/x") for start in starts]
    session = make_session(minimum=1, capacity=2, meetings=plans)
    for person in people(3):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    deliver(now)
    return session


def begin(session: Session) -> None:
    """Let time pass until the day after the first meeting."""
    by = session.starts_at - timezone.now() + timedelta(days=1)
    for meeting in session.meetings.all():
        meeting.starts_at, meeting.ends_at = meeting.starts_at - by, meeting.ends_at - by
        meeting.save()
    Session.objects.filter(pk=session.pk).update(confirm_by=session.starts_at - by, published_at=None)
    session.follow_meetings()


@pytest.fixture
def under_way(full_weekly) -> Session:
    begin(full_weekly)
    return full_weekly


def place_of(session: Session, number: int = 0) -> Registration:
    return session.registrations.select_related("session__workshop", "person").order_by("position")[number]


def withdrawn_of(registration: Registration) -> list[Notice]:
    return list(registration.notices.filter(kind="withdrawn").order_by("pk"))


def test_the_meetings_still_to_come_are_cancelled_and_the_others_stay(full_weekly, smtp_sink):
    mine, (one, two, _) = place_of(full_weekly), full_weekly.meetings.all()
    before = len(smtp_sink.received)
    mine.withdraw(by=mine.person, now=two.starts_at - HOUR)
    sent = [(each.thread.meeting, each.method, each.sequence) for each in withdrawn_of(mine)]
    assert sent == [(meeting, "CANCEL", 2) for meeting in full_weekly.meetings.all()[1:]]
    assert one.threads.get(registration=mine).sequence == 1
    deliver(timezone.now())
    mails = smtp_sink.received[before:]
    assert [calendar_of(mail).method for mail in mails] == ["CANCEL", "CANCEL"]
    assert list(breaches(two.starts_at - HOUR)) == []


def test_nobody_who_waits_gets_the_seat_or_is_told(full_weekly):
    mine, waiting = place_of(full_weekly), place_of(full_weekly, 2)
    mine.withdraw(by=mine.person, now=full_weekly.starts_at + HOUR)
    waiting.refresh_from_db()
    full_weekly.refresh_from_db()
    assert (mine.status, mine.left_late) == ("withdrawn", True)
    assert waiting.is_waitlisted and [each.kind for each in waiting.notices.all()] == ["waitlisted"]
    assert (full_weekly.seats_taken, full_weekly.waiting_count, full_weekly.status) == (1, 1, "confirmed")


def test_once_the_last_meeting_starts_nobody_leaves(full_weekly):
    mine, last = place_of(full_weekly), full_weekly.meetings.last()
    with pytest.raises(Registration.SessionOver, match="has already started"):
        mine.withdraw(by=mine.person, now=last.starts_at)
    mine.withdraw(by=mine.person, now=last.starts_at - timedelta(seconds=1))
    assert mine.status == "withdrawn"


def test_a_cancelled_last_meeting_is_not_waited_for(full_weekly, office, now):
    mine, (_, two, three) = place_of(full_weekly), full_weekly.meetings.all()
    full_weekly.cancel_meeting(three, "Ill.", by=office, now=now)
    with pytest.raises(Registration.SessionOver):
        mine.withdraw(by=mine.person, now=two.starts_at)


def test_the_mail_thanks_nobody_for_room_that_nobody_takes(full_weekly):
    mine = place_of(full_weekly)
    mine.withdraw(by=mine.person, now=full_weekly.starts_at + HOUR)
    mail = write_mail(withdrawn_of(mine)[0])
    assert "part 2 of 3" in mail["subject"]
    for body in read_mail(mail).bodies:
        assert "You’ve left Bystander Interventions, which began on " in body
        assert "takes it off your calendar" in body and "Thank you" not in body


def test_the_pages_offer_it_and_say_what_it_means(client, under_way):
    mine = place_of(under_way)
    client.force_login(mine.person)
    leave = f"/registrations/{mine.uuid}/withdrawal/"
    own = read(client.get(mine.get_absolute_url()))
    assert leave in own.addresses and own.text.count("you have a seat") == 1
    assert "Change the date" not in own.everything and "Invite a colleague" not in own.everything
    assert read(client.get(under_way.get_absolute_url())).link("I can’t make the rest") == leave
    page = read(client.get(leave))
    assert "you cannot register again, and nobody takes your seat." in page.text and "waitlist" not in page.everything
    response = client.post(leave)
    said = next_page(client, response.url)
    assert "We take the meetings still to come off your calendar." in said.text and "making room" not in said.everything
    mine.refresh_from_db()
    assert (mine.status, mine.gave_up) == ("withdrawn", True)
    assert "I can’t make the rest" not in read(client.get(under_way.get_absolute_url())).everything


def test_the_pages_offer_to_join_each_meeting_to_come(client, under_way):
    mine = place_of(under_way)
    client.force_login(mine.person)
    ahead = under_way.meetings.filter(ends_at__gt=timezone.now())
    days = [short_day(meeting.starts_at, ZONE) for meeting in ahead]
    page = read(client.get(under_way.get_absolute_url()))
    assert len(days) == 2 and [f"Join {day}" for day in days] == [
        part.text for part in page.parts("dt") if "Join" in part.text
    ]
    own = read(client.get(mine.get_absolute_url()))
    assert len(own.parts(".q-meets a")) == 2


def test_before_the_first_meeting_there_is_one_way_out(client, full_weekly):
    client.force_login(place_of(full_weekly).person)
    page = read(client.get(full_weekly.get_absolute_url()))
    assert "I can’t make it" in page.text and "I can’t make the rest" not in page.everything


def test_the_office_takes_somebody_out_between_two_meetings(client, office, under_way):
    client.force_login(office)
    mine = place_of(under_way)
    url = reverse("admin:registrations_registration_withdraw", args=[mine.pk])
    assert "goes to the next person waiting" not in read(client.get(url)).everything
    typed = {"why": "because", "reason": "The rest is for new colleagues."}
    assert press_twice(client, url, typed, "Nobody else is written to.").status_code == 302
    mine.refresh_from_db()
    assert (mine.status, mine.gave_up, mine.left_late) == ("withdrawn", False, False)
    assert {each.facts["by_office"] for each in withdrawn_of(mine)} == {True}
