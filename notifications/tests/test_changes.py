"""What changed is told once, with what was and what is: to calendars as an update, under a number of its own."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from catalog.models import Facilitator
from devtools.testing.calendar_readers import calendar_of
from devtools.testing.cast import ZONE
from devtools.testing.changing import MINUTES, deliver, first, move_to, plan, shift, text_of
from devtools.testing.mail_reader import read_mail
from foundation.dates import long_day, time_span
from foundation.wall_clock import instant
from notifications.models import Notice
from operations.invariants import breaches
from registrations.models import Nomination, Registration
from sessions_app.models import Place, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def far(make_session, people):
    """far(day) gives a confirmed session of one person on a day far away, invited, and an instant before."""

    def make(day: date) -> tuple[Session, datetime]:
        now = instant(date(2031, 1, 7), time(9), ZONE)
        session = make_session(minimum=1, meetings=[plan(day)])
        Registration.objects.register(people(1)[0], session, now=now)
        session.settle(now=now)
        deliver(now)
        return session, now

    return make


def test_invited_then_rescheduled_then_moved_then_withdrawn_is_one_thread(confirmed, room, office, smtp_sink, now):
    """calendar.md 12: the same UID throughout, SEQUENCE 1 to 4, and the values of each moment."""
    registration, meeting = first(confirmed), confirmed.meetings.get()
    noon = meeting.starts_at
    deliver(now)
    shift(confirmed, office, now, days=2)
    deliver(now + 3 * MINUTES)
    confirmed.relocate({meeting: Place(room, meeting.join_link)}, by=office, now=now + 4 * MINUTES)
    deliver(now + 7 * MINUTES)
    registration.refresh_from_db()
    registration.withdraw(registration.person, now=now + 8 * MINUTES)
    deliver(now + 9 * MINUTES)
    mails = [one for one in smtp_sink.to(registration.person.email) if calendar_of(one)]
    events = [calendar_of(one) for one in mails]
    assert [(event.method, event["SEQUENCE"]) for event in events] == [
        ("REQUEST", 1),
        ("REQUEST", 2),
        ("REQUEST", 3),
        ("CANCEL", 4),
    ]
    assert len({str(event["UID"]) for event in events}) == 1
    assert len({str(event["ORGANIZER"]) for event in events}) == 1
    starts = [event.decoded("DTSTART") for event in events]
    assert starts == [noon] + [noon + timedelta(days=2)] * 3
    link = "https://meet.example.edu/quorum"
    places = [str(event["LOCATION"]) for event in events]
    assert places == [f"Online / {link}"] * 2 + [f"Learning Commons 210, Downtown / {link}"] * 2
    assert list(breaches(now + 9 * MINUTES)) == []


def test_mail_about_a_new_time_names_both_times(far, office, smtp_sink):
    session, now = far(date(2031, 5, 13))
    move_to(session, date(2031, 5, 15), 9, office, now)
    deliver(now + 3 * MINUTES)
    mail = smtp_sink.received[-1]
    assert mail.message["Subject"].startswith("New time: Bystander Interventions, Thursday, May 15")
    body = text_of(mail)
    assert "When, before: Tuesday, May 13, 2031, Noon–2:00 PM, Central time" in body
    assert "When, now:    Thursday, May 15, 2031, 9:00–11:00 AM, Central time" in body
    assert "Where" not in body and "With" not in body
    assert f"/registrations/{first(session).uuid}/withdrawal/" in body


def test_a_new_time_asks_again_and_offers_the_other_dates(confirmed, make_session, office, smtp_sink, now):
    sister, registration = make_session(days=30), first(confirmed)
    deliver(now)
    registration.threads.update(partstat="ACCEPTED")
    shift(confirmed, office, now, hours=1)
    deliver(now + 3 * MINUTES)
    mail = smtp_sink.to(registration.person.email)[-1]
    assert calendar_of(mail)["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    for body in read_mail(mail).bodies:
        assert f"/registrations/{registration.uuid}/transfer/?to={sister.code}" in body
        assert f"/registrations/{registration.uuid}/withdrawal/" in body


def test_a_new_place_does_not_ask_again(confirmed, room, make_session, office, smtp_sink, now):
    make_session(days=30)
    registration, meeting = first(confirmed), confirmed.meetings.get()
    deliver(now)
    registration.threads.update(partstat="ACCEPTED")
    confirmed.relocate({meeting: Place(room, "")}, by=office, now=now)
    deliver(now + 3 * MINUTES)
    mail = smtp_sink.to(registration.person.email)[-1]
    assert calendar_of(mail)["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert mail.message["Subject"].startswith("New place: Bystander Interventions")
    body = text_of(mail)
    assert "Where, before: Online\nWhere, now:    Learning Commons 210, Downtown" in body
    assert "Join, before: https://meet.example.edu/quorum\nJoin, now:    no link" in body
    assert "When, before" not in body and "Other dates" not in body


def another_room(session, room, office, now):
    session.relocate({session.meetings.get(): Place(room, "")}, by=office, now=now)


def another_title(session, room, office, now):
    session.workshop.rename(office, title="Speaking Up")


def another_leader(session, room, office, now):
    session.appoint([Facilitator.objects.create(name="Ada Okafor")], by=office, now=now)


@pytest.mark.parametrize("change", [another_room, another_title, another_leader])
def test_a_change_of_anything_else_names_the_hour_too(far, room, office, smtp_sink, change):
    session, now = far(date(2031, 5, 13))
    change(session, room, office, now)
    deliver(now + 3 * MINUTES)
    hour = "Tuesday, May 13, 2031, Noon–2:00 PM, Central time"
    mail = smtp_sink.received[-1]
    assert f"When, as before: {hour}" in text_of(mail)
    assert f"As before: {hour}" in " ".join(read_mail(mail).page.text.split())
    assert mail.message["Subject"].startswith("New place" if change is another_room else "Changed")


def test_people_without_an_invitation_read_the_hour_beside_a_new_place(
    make_session, people, room, office, smtp_sink, now
):
    session = make_session()
    Registration.objects.register(people(1)[0], session, now=now)
    Nomination.objects.nominate(["colleague@example.edu"], session, by=office, now=now)
    deliver(now)
    another_room(session, room, office, now)
    deliver(now + 3 * MINUTES)
    meeting = session.meetings.get()
    hour = time_span(meeting.starts_at, meeting.ends_at, ZONE)
    for address in ("person1@example.edu", "colleague@example.edu"):
        mail = smtp_sink.to(address)[-1]
        assert mail.message["Subject"].startswith("New place")
        assert f"When, as before: {long_day(meeting.starts_at, ZONE)}, {hour}, Central time" in text_of(mail)


def test_saving_the_same_again_is_no_change(confirmed, office, now):
    deliver(now)
    meeting = confirmed.meetings.get()
    confirmed.reschedule({meeting: meeting.times}, by=office, now=now)
    confirmed.relocate({meeting: meeting.place}, by=office, now=now)
    confirmed.appoint(confirmed.facilitators.all(), by=office, now=now)
    assert not Notice.objects.filter(kind="changed").exists()


def test_what_no_calendar_shows_makes_no_update(confirmed, room, office, now):
    deliver(now)
    confirmed.resize(1, 20, by=office)
    confirmed.workshop.summary = "Something else."
    confirmed.workshop.save(update_fields=["summary"])
    confirmed.retell(now)
    assert not Notice.objects.filter(kind="changed").exists()


@pytest.mark.parametrize(("day", "new", "hour"), [((10, 30), (11, 6), 18), ((3, 3), (3, 10), 17)])
def test_a_session_rescheduled_across_a_clock_change_keeps_its_wall_clock(far, office, smtp_sink, day, new, hour):
    """Noon in Chicago is 18:00 UTC in winter, and 17:00 in summer."""
    session, now = far(date(2031, *day))
    move_to(session, date(2031, *new), 12, office, now)
    deliver(now + 3 * MINUTES)
    mail = smtp_sink.received[-1]
    event = calendar_of(mail)
    assert event["DTSTART"].dt.replace(tzinfo=None) == datetime(2031, *new, 12)
    assert event.decoded("DTSTART") == datetime(2031, *new, hour, tzinfo=UTC)
    assert "Noon–2:00 PM, Central time" in text_of(mail)
