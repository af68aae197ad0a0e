"""What changed is told once, with what was and what is: to calendars as an update, to everybody else as plain mail."""

from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Campus
from catalog.models import Facilitator
from conftest import ZONE
from notifications.delivery import Sender, claim
from notifications.invariants import breaches
from notifications.models import MailQueue, Notice
from notifications.tests.test_delivery import calendar_of
from registrations.models import Interest, Nomination, Registration
from sessions_app.models import Meeting, MeetingPlan, Place, Session, Times, Venue
from sessions_app.wall_clock import instant
from sessions_app.words import long_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    campus = Campus.objects.create(name="Downtown", time_zone=ZONE)
    return Venue.objects.create(campus=campus, building="Learning Commons", room="210")


@pytest.fixture
def confirmed(make_session, people, now) -> Session:
    """A confirmed session of two people."""
    session = make_session(minimum=2, capacity=2)
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return session


@pytest.fixture
def two_meetings(make_session, people, now) -> Session:
    """A confirmed session of two meetings a week apart, with one person."""
    day = (now + timedelta(days=20)).date()
    plans = [plan(day + timedelta(days=7 * week)) for week in (0, 1)]
    session = make_session(minimum=1, meetings=plans)
    Registration.objects.register(people(1)[0], session, now=now)
    session.settle(now=now)
    return session


def plan(day: date, at: int = 12) -> MeetingPlan:
    starts_at, ends_at = (instant(day, time(hour), ZONE) for hour in (at, at + 2))
    return MeetingPlan(starts_at, ends_at, ZONE)


def first(session) -> Registration:
    return session.registrations.order_by("position").first()


def deliver(at: datetime) -> None:
    """Send everything that is due at `at`, and what the test itself has just written."""
    with Sender() as sender:
        while notice := claim(max(at, timezone.now())):
            assert sender.send(notice, MailQueue.load())


def shifted(meeting: Meeting, **by) -> Times:
    by = timedelta(**by)
    return Times(meeting.starts_at + by, meeting.ends_at + by, meeting.time_zone)


def shift(session: Session, by_whom, now: datetime, **by) -> list[str]:
    """Move the first meeting."""
    meeting = session.meetings.first()
    return session.reschedule({meeting: shifted(meeting, **by)}, by=by_whom, now=now)


def move_to(session: Session, day: date, hour: int, by_whom, now: datetime) -> None:
    """Move the first meeting to another day, for two hours."""
    new = plan(day, hour)
    session.reschedule({session.meetings.first(): Times(new.starts_at, new.ends_at, ZONE)}, by=by_whom, now=now)


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


def text_of(received) -> str:
    return received.message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(received) -> str:
    return received.message.get_body(("html",)).get_content()


def owed(registration) -> list[tuple]:
    rows = registration.notices.order_by("pk").values_list("kind", "method", "sequence", "state")
    return list(rows)


def subjects_to(sink, person) -> list[str]:
    return [one.message["Subject"].split(":")[0] for one in sink.to(person.email)]


MINUTES = timedelta(minutes=1)


# ---- times ----


def test_invited_then_rescheduled_then_moved_then_withdrawn_is_one_thread(confirmed, room, office, smtp_sink, now):
    """calendar.md 12: the same UID throughout, SEQUENCE 0 to 3, and the values of each moment."""
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
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("REQUEST", 2),
        ("CANCEL", 3),
    ]
    assert len({str(event["UID"]) for event in events}) == 1
    assert len({str(event["ORGANIZER"]) for event in events}) == 1
    starts = [event.decoded("DTSTART") for event in events]
    assert starts == [noon] + [noon + timedelta(days=2)] * 3
    link = "https://meet.example.edu/quorum"
    places = [str(event["LOCATION"]) for event in events]
    assert places == [f"Online / {link}"] * 2 + [f"Learning Commons 210, Downtown / {link}"] * 2
    assert list(breaches(now + 9 * MINUTES)) == []


def test_the_mail_about_a_new_time_says_before_and_after_with_weekday_and_zone(far, office, smtp_sink):
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
    for body in (text_of(mail), html_of(mail)):
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
    assert "When" not in body and "Other dates" not in body


def test_several_edits_within_two_minutes_are_one_mail(confirmed, room, office, smtp_sink, now):
    registration, meeting = first(confirmed), confirmed.meetings.get()
    noon = meeting.starts_at
    deliver(now)
    before = len(smtp_sink.received)
    shift(confirmed, office, now, days=1)
    confirmed.relocate({meeting: Place(room, "")}, by=office, now=now + MINUTES)
    shift(confirmed, office, now + MINUTES, days=1)
    deliver(now + MINUTES)
    assert len(smtp_sink.received) == before
    deliver(now + 2 * MINUTES)
    assert len(smtp_sink.received) == before + 2
    event = calendar_of(smtp_sink.to(registration.person.email)[-1])
    assert event["SEQUENCE"] == 1
    assert event.decoded("DTSTART") == noon + timedelta(days=2)


def test_an_edit_taken_back_within_two_minutes_is_no_mail(confirmed, office, smtp_sink, now):
    deliver(now)
    before = len(smtp_sink.received)
    shift(confirmed, office, now, days=1)
    shift(confirmed, office, now + MINUTES, days=-1)
    deliver(now + 3 * MINUTES)
    assert len(smtp_sink.received) == before
    assert owed(first(confirmed))[1:] == [("confirmed", "REQUEST", 0, "sent"), ("changed", "REQUEST", 1, "superseded")]
    assert list(breaches(now + 3 * MINUTES)) == []


def test_the_number_of_an_edit_taken_back_is_not_given_again(confirmed, office, smtp_sink, now):
    deliver(now)
    shift(confirmed, office, now, days=1)
    shift(confirmed, office, now, days=-1)
    deliver(now + 3 * MINUTES)
    shift(confirmed, office, now + 4 * MINUTES, days=3)
    deliver(now + 7 * MINUTES)
    assert calendar_of(smtp_sink.to(first(confirmed).person.email)[-1])["SEQUENCE"] == 2
    assert list(breaches(now + 7 * MINUTES)) == []


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


def test_an_invitation_that_has_not_left_goes_out_with_the_new_values(confirmed, office, smtp_sink, now):
    shift(confirmed, office, now, days=1)
    deliver(now)
    (mail,) = smtp_sink.to(first(confirmed).person.email)
    event = calendar_of(mail)
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (0, confirmed.meetings.get().starts_at)
    assert mail.message["Subject"].startswith("Confirmed")
    deliver(now + 5 * MINUTES)
    assert len(smtp_sink.received) == 2


def test_a_change_that_overtakes_the_confirmation_says_that_it_is_confirmed(confirmed, office, smtp_sink, now):
    """The first attempt was put off by the mail server, so the person has heard nothing."""
    registration = first(confirmed)
    smtp_sink.deferred.add(registration.person.email)
    deliver(now)
    smtp_sink.deferred.clear()
    shift(confirmed, office, now, days=1)
    deliver(now + 3 * MINUTES)
    (mail,) = smtp_sink.to(registration.person.email)
    assert mail.message["Subject"].startswith("Confirmed: Bystander Interventions")
    assert calendar_of(mail)["SEQUENCE"] == 1
    assert calendar_of(mail).decoded("DTSTART") == confirmed.meetings.get().starts_at
    assert owed(registration)[1:] == [("confirmed", "REQUEST", 0, "superseded"), ("confirmed", "REQUEST", 1, "sent")]
    deliver(now + timedelta(days=1))
    assert list(breaches(now + timedelta(days=1))) == []


def test_a_change_taken_back_does_not_swallow_the_confirmation(confirmed, office, smtp_sink, now):
    registration = first(confirmed)
    smtp_sink.deferred.add(registration.person.email)
    deliver(now)
    smtp_sink.deferred.clear()
    shift(confirmed, office, now, days=1)
    shift(confirmed, office, now, days=-1)
    deliver(now + 3 * MINUTES)
    (mail,) = smtp_sink.to(registration.person.email)
    assert mail.message["Subject"].startswith("Confirmed: Bystander Interventions")


def test_a_change_put_off_is_told_from_what_the_person_knows(confirmed, office, smtp_sink, now):
    registration, meeting = first(confirmed), confirmed.meetings.get()
    deliver(now)
    shift(confirmed, office, now, days=1)
    smtp_sink.deferred.add(registration.person.email)
    deliver(now + 3 * MINUTES)
    smtp_sink.deferred.clear()
    shift(confirmed, office, now + 3 * MINUTES, days=1)
    deliver(now + 6 * MINUTES)
    mail = smtp_sink.to(registration.person.email)[-1]
    assert calendar_of(mail)["SEQUENCE"] == 2
    was = Notice.objects.filter(registration=registration, kind="changed").latest("pk").facts["known"]
    assert datetime.fromisoformat(was["starts_at"]) == meeting.starts_at


def test_a_change_put_off_and_then_taken_back_is_set_right(confirmed, office, smtp_sink, now):
    """The mail server may have taken the first update without saying so."""
    registration = first(confirmed)
    deliver(now)
    shift(confirmed, office, now, days=1)
    smtp_sink.drops = 1
    deliver(now + 3 * MINUTES)
    shift(confirmed, office, now + 3 * MINUTES, days=-1)
    deliver(now + 6 * MINUTES)
    for one in confirmed.registrations.all():
        event = calendar_of(smtp_sink.to(one.person.email)[-1])
        assert event.decoded("DTSTART") == confirmed.meetings.get().starts_at
    assert list(breaches(now + 6 * MINUTES)) == []
    assert registration.threads.get().sequence == 2


def test_leaving_supersedes_a_change_that_waits(confirmed, office, smtp_sink, now):
    registration = first(confirmed)
    deliver(now)
    shift(confirmed, office, now, days=1)
    registration.withdraw(registration.person, now=now)
    deliver(now + 3 * MINUTES)
    assert owed(registration)[1:] == [
        ("confirmed", "REQUEST", 0, "sent"),
        ("changed", "REQUEST", 1, "superseded"),
        ("withdrawn", "CANCEL", 2, "sent"),
    ]
    assert calendar_of(smtp_sink.to(registration.person.email)[-1]).method == "CANCEL"


def test_cancelling_supersedes_a_change_that_waits(confirmed, office, smtp_sink, now):
    deliver(now)
    shift(confirmed, office, now, days=1)
    confirmed.cancel("Snow.", by=office, now=now)
    deliver(now + 3 * MINUTES)
    last = calendar_of(smtp_sink.to(first(confirmed).person.email)[-1])
    assert (last.method, last["SEQUENCE"]) == ("CANCEL", 2)
    assert not Notice.objects.filter(kind="changed", state="sent").exists()


def test_registering_again_after_a_change_starts_with_the_new_values(confirmed, office, smtp_sink, now):
    registration = first(confirmed)
    deliver(now)
    registration.withdraw(registration.person, now=now)
    shift(confirmed, office, now, days=1)
    again = Registration.objects.register(registration.person, confirmed, now=now)
    deliver(now + 3 * MINUTES)
    assert owed(again) == [("confirmed", "REQUEST", 0, "sent")]
    event = calendar_of(smtp_sink.to(registration.person.email)[-1])
    assert event.decoded("DTSTART") == confirmed.meetings.get().starts_at


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


# ---- names ----


def test_a_new_title_reaches_every_calendar(confirmed, office, smtp_sink, now):
    deliver(now)
    confirmed.workshop.rename(office, title="Speaking Up")
    assert list(Notice.objects.filter(kind="changed").values_list("method", flat=True)) == ["REQUEST"] * 2
    deliver(timezone.now() + 3 * MINUTES)
    mail = smtp_sink.to(first(confirmed).person.email)[-1]
    assert (str(calendar_of(mail)["SUMMARY"]), calendar_of(mail)["SEQUENCE"]) == ("Speaking Up", 1)
    assert "Title, before: Bystander Interventions\nTitle, now:    Speaking Up" in text_of(mail)


def test_another_facilitator_reaches_every_calendar(confirmed, office, smtp_sink, now):
    deliver(now)
    ada = Facilitator.objects.create(name="Ada Okafor")
    confirmed.appoint([ada], by=office, now=now)
    deliver(now + 3 * MINUTES)
    mail = smtp_sink.to(first(confirmed).person.email)[-1]
    assert str(calendar_of(mail)["DESCRIPTION"]).startswith("With Ada Okafor\n")
    assert "With, before: nobody named yet\nWith, now:    Ada Okafor" in text_of(mail)
    ada.rename(office, credentials="MD")
    deliver(timezone.now() + 3 * MINUTES)
    assert calendar_of(smtp_sink.to(first(confirmed).person.email)[-1])["SEQUENCE"] == 2


def test_a_room_and_a_campus_with_another_name_reach_every_calendar(confirmed, room, office, smtp_sink, now):
    meeting = confirmed.meetings.get()
    confirmed.relocate({meeting: Place(room, "")}, by=office, now=now)
    deliver(now)
    room.rename(office, room="310")
    room.campus.rename(office, name="South")
    deliver(timezone.now() + 3 * MINUTES)
    event = calendar_of(smtp_sink.to(first(confirmed).person.email)[-1])
    assert (str(event["LOCATION"]), event["SEQUENCE"]) == ("Learning Commons 310, South", 1)


@pytest.mark.parametrize(
    "name", ["A\r\nB", "A\u2028B", "A\x00B", "\u202eA", "<b>A</b>;,\\", "=?utf-8?q?A?=", "ß" * 160]
)
def test_hostile_names_stay_in_their_place(confirmed, room, office, smtp_sink, now, name):
    """NUL cannot be stored by PostgreSQL; the others can, whatever a form says."""
    if "\x00" in name and connection.vendor == "postgresql":
        name = "A\x01B"
    deliver(now)
    meeting, registration = confirmed.meetings.get(), first(confirmed)
    Venue.objects.filter(pk=room.pk).update(room=name[:80])
    room.refresh_from_db()
    confirmed.workshop.rename(office, title=name)
    confirmed.relocate({meeting: Place(room, "")}, by=office, now=now)
    deliver(timezone.now() + 3 * MINUTES)
    mail = smtp_sink.to(registration.person.email)[-1]
    event = calendar_of(mail)
    assert (event.method, event["SEQUENCE"]) == ("REQUEST", 1)
    assert [str(event["ATTENDEE"])] == [f"mailto:{registration.person.email}"]
    assert "<b>A</b>;" not in html_of(mail)
    assert isinstance(mail.message, EmailMessage) and mail.message.get_all("Subject") == [mail.message["Subject"]]
    assert list(breaches(timezone.now())) == []


# ---- one of several ----


def test_one_meeting_of_two_that_moves_is_one_update(two_meetings, office, smtp_sink, now):
    deliver(now)
    two = two_meetings.meetings.last()
    two_meetings.reschedule({two: shifted(two, hours=1)}, by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert owed(first(two_meetings))[3:] == [("changed", "REQUEST", 1, "sent")]
    event = calendar_of(smtp_sink.received[-1])
    assert str(event["SUMMARY"]) == "Bystander Interventions (part 2 of 2)"


def test_one_meeting_cancelled_leaves_the_other(two_meetings, office, smtp_sink, now):
    deliver(now)
    one, two = two_meetings.meetings.all()
    uid = two.threads.get().uid
    two_meetings.cancel_meeting(two, "The room is flooded.", by=office, now=now)
    deliver(now)
    mail = smtp_sink.received[-1]
    event = calendar_of(mail)
    assert (event.method, event["SEQUENCE"], str(event["UID"])) == ("CANCEL", 1, uid)
    assert mail.message["Subject"].startswith("One meeting cancelled: Bystander Interventions")
    body = text_of(mail)
    assert "The room is flooded." in body and "The rest stands." in body
    assert "Part 1 of 2" in body
    assert [one.threads.get().sequence, len(smtp_sink.received)] == [0, 3]
    two_meetings.refresh_from_db()
    assert (two_meetings.ends_at, two_meetings.status) == (one.ends_at, "confirmed")
    assert list(breaches(now)) == []
    two_meetings.cancel_meeting(two, "Again.", by=office, now=now)
    assert Notice.objects.filter(kind="dropped").count() == 1


def test_a_session_cancelled_after_one_of_its_meetings_cancels_each_once(two_meetings, office, smtp_sink, now):
    deliver(now)
    two_meetings.cancel_meeting(two_meetings.meetings.first(), "Ill.", by=office, now=now)
    two_meetings.cancel("Snow.", by=office, now=now)
    deliver(now)
    events = [calendar_of(one) for one in smtp_sink.received[2:]]
    assert sorted((event.method, event["SEQUENCE"]) for event in events) == [("CANCEL", 1)] * 2
    assert len({str(event["UID"]) for event in events}) == 2
    assert list(breaches(now)) == []


def test_a_meeting_cancelled_before_anybody_was_invited_is_plain_mail(two_meetings, office, smtp_sink, now):
    two_meetings.cancel_meeting(two_meetings.meetings.last(), "Ill.", by=office, now=now)
    deliver(now)
    assert [calendar_of(one) and calendar_of(one).method for one in smtp_sink.received] == ["REQUEST", None]


def test_a_meeting_added_after_the_confirmation_invites(two_meetings, office, smtp_sink, now):
    deliver(now)
    day = two_meetings.ends_at.date() + timedelta(days=7)
    two_meetings.add_meeting(plan(day), by=office, now=now)
    deliver(now + 3 * MINUTES)
    new = [calendar_of(one) for one in smtp_sink.received[2:]]
    assert sorted((str(event["SUMMARY"])[-13:], event["SEQUENCE"]) for event in new) == [
        ("(part 1 of 3)", 1),
        ("(part 2 of 3)", 1),
        ("(part 3 of 3)", 0),
    ]
    assert list(breaches(now + 3 * MINUTES)) == []


def test_a_meeting_added_and_cancelled_within_two_minutes_is_no_mail(two_meetings, office, smtp_sink, now):
    deliver(now)
    meeting = two_meetings.add_meeting(plan(two_meetings.ends_at.date() + timedelta(days=7)), by=office, now=now)
    two_meetings.cancel_meeting(meeting, "A mistake.", by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert [one.message["Subject"][:7] for one in smtp_sink.received[2:]] == ["Changed"] * 2


# ---- who has no invitation ----


def test_the_registered_of_an_open_session_get_one_plain_mail(make_session, people, room, office, smtp_sink, now):
    session = make_session()
    registration = Registration.objects.register(people(1)[0], session, now=now)
    deliver(now)
    shift(session, office, now, days=1)
    session.relocate({session.meetings.get(): Place(room, "")}, by=office, now=now + MINUTES)
    deliver(now + 3 * MINUTES)
    _, mail = smtp_sink.received
    assert calendar_of(mail) is None
    assert mail.message["Subject"].startswith("New time and place: Bystander Interventions")
    body = text_of(mail)
    assert "When, before:" in body and "Where, now:    Learning Commons 210, Downtown" in body
    assert "meet.example.edu" not in body
    session.refresh_from_db()
    assert f"we write to you by {long_day(session.confirm_by, ZONE)}, either way" in body
    assert owed(registration) == [("registered", "", None, "sent"), ("changed", "", None, "sent")]


def test_a_change_taken_back_is_no_plain_mail_either(make_session, people, office, smtp_sink, now):
    session = make_session()
    Registration.objects.register(people(1)[0], session, now=now)
    deliver(now)
    shift(session, office, now, days=1)
    shift(session, office, now, days=-1)
    deliver(now + 3 * MINUTES)
    assert len(smtp_sink.received) == 1


def test_a_plain_change_never_swallows_the_registration(make_session, people, office, smtp_sink, now):
    session = make_session()
    registration = Registration.objects.register(people(1)[0], session, now=now)
    smtp_sink.busy = 1
    deliver(now)
    shift(session, office, now, days=1)
    deliver(now + 3 * MINUTES)
    (mail,) = smtp_sink.received
    assert mail.message["Subject"].startswith("You’re registered")
    assert owed(registration) == [("registered", "", None, "superseded"), ("registered", "", None, "sent")]


def test_a_plain_change_is_told_beside_the_confirmation(make_session, people, office, smtp_sink, now):
    session = make_session(minimum=1)
    Registration.objects.register(people(1)[0], session, now=now)
    deliver(now)
    shift(session, office, now, days=1)
    session.settle(now=now)
    deliver(now + 3 * MINUTES)
    assert [one.message["Subject"].split(":")[0] for one in smtp_sink.received] == [
        "You’re registered",
        "Confirmed",
        "New time",
    ]


def test_the_waitlisted_and_the_nominated_are_told_where_and_when_only(confirmed, people, room, office, smtp_sink, now):
    waiting = Registration.objects.register(people(1)[0], confirmed, now=now)
    Nomination.objects.nominate(["colleague@example.edu"], confirmed, by=office, now=now)
    deliver(now)
    confirmed.workshop.rename(office, title="Speaking Up")
    shift(confirmed, office, now, days=1)
    deliver(timezone.now() + 3 * MINUTES)
    for address in (waiting.person.email, "colleague@example.edu"):
        _, mail = smtp_sink.to(address)
        assert calendar_of(mail) is None
        assert mail.message["Subject"].startswith("New time: Speaking Up")
        assert "When, before:" in text_of(mail) and "Title, before" not in text_of(mail)


def test_a_nomination_that_was_put_off_goes_out_with_the_new_time(make_session, office, smtp_sink, now):
    session = make_session()
    Nomination.objects.nominate(["colleague@example.edu"], session, by=office, now=now)
    smtp_sink.busy = 1
    deliver(now)
    shift(session, office, now, days=1)
    deliver(now + timedelta(days=1))
    (mail,) = smtp_sink.to("colleague@example.edu")
    assert mail.message["Subject"].startswith("A colleague thought of you")
    assert long_day(session.meetings.get().starts_at, ZONE) in text_of(mail)


@pytest.mark.parametrize("tries", [0, 1])
def test_an_offer_that_waits_moves_along_with_its_session(
    make_session, workshop, people, office, smtp_sink, now, tries
):
    interested, colleague = people(2)
    Interest.objects.express(interested, workshop, now=now)
    session = make_session()
    Nomination.objects.nominate([colleague.email], session, by=office, now=now)
    smtp_sink.busy = 2 * tries
    for _ in range(tries):
        deliver(now)
    closed_at = session.registration_closes_at
    shift(session, office, now, days=7)
    deliver(closed_at + timedelta(days=1))
    assert subjects_to(smtp_sink, interested) == ["A new date"]
    assert [words[:24] for words in subjects_to(smtp_sink, colleague)] == ["A colleague thought of y"]


def test_a_nomination_changed_and_then_cancelled_unsent_is_no_mail(make_session, office, smtp_sink, now):
    session = make_session()
    Nomination.objects.nominate(["colleague@example.edu"], session, by=office, now=now)
    smtp_sink.busy = 1
    deliver(now)
    shift(session, office, now, days=1)
    session.cancel("Snow.", by=office, now=now)
    deliver(now + timedelta(days=1))
    assert smtp_sink.to("colleague@example.edu") == []


def test_an_answered_nomination_hears_nothing_more(make_session, office, smtp_sink, people, now):
    session = make_session()
    (nomination,) = Nomination.objects.nominate(["colleague@example.edu"], session, by=office, now=now)
    deliver(now)
    shift(session, office, now, days=1)
    nomination.decline(people(1, email="colleague@example.edu")[0], now=now)
    deliver(now + 3 * MINUTES)
    assert len(smtp_sink.to("colleague@example.edu")) == 1


def test_of_an_open_session_a_meeting_more_or_less_is_told_plainly(make_session, people, office, smtp_sink, now):
    session = make_session()
    Registration.objects.register(people(1)[0], session, now=now)
    deliver(now)
    session.add_meeting(plan(session.ends_at.date() + timedelta(days=7)), by=office, now=now)
    deliver(now + 3 * MINUTES)
    body = text_of(smtp_sink.received[-1])
    assert "Part 2 of 2\nWhen, before: not held\nWhen, now:    " in body


# ---- cancelling ----


def test_who_was_told_of_a_date_hears_that_it_is_cancelled(make_session, workshop, people, office, smtp_sink, now):
    told, late, placed = people(3)
    for person in (told, placed):
        Interest.objects.express(person, workshop, now=now)
    session = make_session()
    deliver(now)
    Interest.objects.express(late, workshop, now=now)
    Registration.objects.register(placed, session, now=now)
    deliver(now)
    session.cancel("Snow.", by=office, now=now)
    deliver(now)
    assert subjects_to(smtp_sink, told) == ["A new date", "Cancelled"]
    assert subjects_to(smtp_sink, late) == []
    assert subjects_to(smtp_sink, placed) == ["A new date", "You’re registered", "Cancelled"]
    assert "Snow." in text_of(smtp_sink.to(told.email)[-1])


def test_an_announcement_that_has_not_left_is_not_sent_once_it_is_off(make_session, workshop, people, office, now):
    Interest.objects.express(people(1)[0], workshop, now=now)
    make_session().cancel("Snow.", by=office, now=now)
    assert claim(timezone.now()) is None
    assert not Notice.objects.filter(kind="undated").exists()
