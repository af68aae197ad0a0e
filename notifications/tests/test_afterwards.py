"""After a session: one mail to each of its people, once, at its hour, with what there is to say and no more."""

from datetime import timedelta

import pytest

from devtools.testing.in_time import queries, send, sweep_and_send
from devtools.testing.mail_reader import read_mail
from foundation.wall_clock import instant
from notifications.kinds import KINDS, afterwards
from notifications.kinds.afterwards import morning_after
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from notifications.outbox.preview import preview
from outcomes.attended import sheet_of
from outcomes.models import Attendance
from registrations.models import Registration

pytestmark = pytest.mark.django_db

THERE = "Thank you for being there."
ABSENT = "We have you as absent from this session. If that is wrong, tell us."
UNKNOWN = (
    "This session has been held, and attendance does not say yet whether you were there. Were you? Reply to this "
    "message and tell us."
)


def told(now) -> list[str]:
    return [to for kind, to in sweep_and_send(now) if kind == "afterwards"]


def mail_to(person) -> dict:
    return write_mail(Notice.objects.get(kind="afterwards", person=person))


def seats(session) -> list[Registration]:
    return list(session.registrations.registered().select_related("person"))


def say(session, registration, state, by):
    for meeting in session.meetings.all():
        Attendance.objects.mark(meeting, registration, state, "roster", by=by)


def walk_in(session, person, by, now) -> Attendance:
    return Attendance.objects.create(
        meeting=session.meetings.first(), person=person, state="here", source="check_in", said_at=now, said_by=by
    )


# ---- when ----


def test_nine_the_next_morning_in_the_zone_of_the_session(hold):
    session = hold(1)
    day = morning_after(session).astimezone().date()
    assert morning_after(session) == instant(day, afterwards.AT, session.time_zone)
    assert timedelta(hours=4) <= morning_after(session) - session.ends_at <= timedelta(hours=28)


@pytest.mark.parametrize(("hour", "days"), [(0, 0), (4, 0), (6, 1), (12, 1), (23, 1)])
def test_a_session_that_ends_at_night_belongs_to_the_day_before(hold, wednesday, hour, days):
    session = hold(1)
    session.ends_at = instant(wednesday, afterwards.AT.replace(hour=hour), session.time_zone)
    morning = instant(wednesday + timedelta(days=days), afterwards.AT, session.time_zone)
    assert morning_after(session) == morning


def test_everybody_is_asked_the_next_morning_and_once(hold):
    session = hold(2)
    morning = morning_after(session)
    assert told(morning - timedelta(seconds=1)) == []
    assert told(morning) == ["person1@example.edu", "person2@example.edu"]
    assert told(morning + timedelta(days=1)) == []


def test_a_closed_list_sends_it_at_once_and_morning_nothing_more(hold):
    session = hold(2, here=1, closed=True)
    assert told(session.ends_at) == ["person1@example.edu", "person2@example.edu"]
    assert told(morning_after(session)) == []


def test_a_list_closed_after_the_morning_sends_nothing_more(hold, office):
    session = hold(1)
    morning = morning_after(session)
    assert len(told(morning)) == 1
    sheet_of(session.meetings.get()).close(by=office)
    assert told(morning + timedelta(hours=1)) == []


def test_one_open_list_of_two_waits_for_the_morning(hold, office):
    session = hold(1, meetings=2)
    sheet_of(session.meetings.first()).close(by=office)
    assert told(session.ends_at) == []


def test_nothing_before_the_end_though_the_lists_are_closed(hold):
    session = hold(1, here=1, closed=True)
    assert told(session.ends_at - timedelta(seconds=1)) == []


def test_what_was_held_long_ago_is_history(hold):
    session = hold(1, closed=True)
    assert told(session.ends_at + timedelta(days=3)) == []
    assert told(session.ends_at + timedelta(days=3, seconds=-1)) == ["person1@example.edu"]


def test_a_cancelled_session_thanks_nobody(make_session, people, office, now):
    session = make_session(minimum=1)
    Registration.objects.register(people(1)[0], session, now=now)
    session.settle(now=now)
    session.cancel("Snow.", by=office, now=now)
    assert told(session.ends_at + timedelta(days=1)) == []


# ---- to whom ----


def test_who_left_or_only_waited_gets_none(make_session, people, now):
    session = make_session(minimum=1, capacity=2)
    left, kept, promoted, waits = [Registration.objects.register(one, session, now=now) for one in people(4)]
    session.settle(now=now)
    left.withdraw(by=left.person, now=now)
    waits.refresh_from_db()
    assert waits.is_waitlisted
    session.settle(now=session.ends_at)
    assert told(morning_after(session)) == [kept.person.email, promoted.person.email]


def test_who_walked_in_gets_it_too_and_once(hold, people, office, now):
    session = hold(1, here=1, closed=True)
    guest = people(1)[0]
    walk_in(session, guest, office, now)
    assert told(session.ends_at) == sorted(["person1@example.edu", guest.email])
    mail = mail_to(guest)
    assert mail["subject"].startswith("Thank you for being there")
    assert "/registrations/" not in mail["text"] and "/my/" in mail["text"]
    assert "took part in this session" in read_mail(mail).page.text


def test_a_walk_in_noted_later_gets_it_then(hold, people, office, now):
    session = hold(1, here=1, closed=True)
    assert told(session.ends_at) == ["person1@example.edu"]
    guest = people(1)[0]
    walk_in(session, guest, office, now)
    assert told(session.ends_at + timedelta(hours=1)) == [guest.email]


def test_an_account_that_is_switched_off_gets_none(hold):
    session = hold(2, closed=True)
    person = seats(session)[0].person
    person.is_active = False
    person.save()
    assert told(session.ends_at) == ["person2@example.edu"]


def test_who_is_taken_out_while_it_waits_gets_none(hold):
    session = hold(2, closed=True)
    afterwards.owe(session.ends_at)
    Registration.objects.filter(pk=seats(session)[0].pk).update(status="withdrawn", withdrawn_at=session.ends_at)
    assert send(session.ends_at) == [("afterwards", "person2@example.edu")]


# ---- what it says ----


def words_for(hold, office, state) -> dict:
    session = hold(1)
    one = seats(session)[0]
    if state:
        say(session, one, state, office)
    sheet_of(session.meetings.get()).close(by=office)
    told(session.ends_at)
    return mail_to(one.person)


@pytest.mark.parametrize(
    ("state", "subject", "sentence", "button", "path"),
    [
        (
            "here",
            "Thank you for being there: Bystander",
            "Thank you for being there.",
            "Your certificate",
            "certificates",
        ),
        ("absent", "About Bystander", ABSENT, "Tell us", "registrations"),
        ("", "Were you there? Bystander", UNKNOWN, "See your registration", "registrations"),
    ],
)
def test_it_says_what_attendance_says(hold, office, settings, state, subject, sentence, button, path):
    mail = words_for(hold, office, state)
    page = read_mail(mail).page
    assert mail["subject"].startswith(subject)
    assert sentence in mail["text"] and sentence in page.text
    assert button in page.link_names
    assert f"{settings.SITE_URL}/{path}/" in mail["text"]


def test_it_names_the_meeting_somebody_missed(hold, office):
    session = hold(1, meetings=2)
    one, (first, second) = seats(session)[0], session.meetings.all()
    Attendance.objects.mark(first, one, "here", "roster", by=office)
    Attendance.objects.mark(second, one, "absent", "roster", by=office)
    for meeting in (first, second):
        sheet_of(meeting).close(by=office)
    told(session.ends_at)
    missed = afterwards.date_words(second, session.ends_at)["day"]
    assert (
        f"Thank you for being there. We have you as absent on {missed}. If that is wrong, tell us."
        in (mail_to(one.person)["text"])
    )


def test_it_says_what_is_so_when_it_is_written(hold, office):
    session = hold(1)
    one = seats(session)[0]
    say(session, one, "absent", office)
    sheet_of(session.meetings.get()).close(by=office)
    afterwards.owe(session.ends_at)
    say(session, one, "here", office)
    assert mail_to(one.person)["subject"].startswith("Thank you for being there")


def test_nothing_is_said_of_what_there_is_not(hold, office):
    text = words_for(hold, office, "absent")["text"]
    assert not any(heading in text for heading in ("Open to you", "further", "Often taken next", "certificate"))


def test_the_subject_keeps_to_a_neutral_title(hold, office):
    session = hold(1, here=1, closed=True)
    person = seats(session)[0].person
    person.discreet_titles = True
    person.save()
    told(session.ends_at)
    assert "Bystander" not in mail_to(person)["subject"]


def test_the_office_sees_it_before_it_goes(hold, office):
    session = hold(1)
    shown = preview(KINDS["afterwards"], office, session)
    assert shown.subject.startswith("Thank you for being there")


# ---- how much it costs ----


def test_the_number_of_queries_is_the_same_for_any_number_of_people(hold):
    few, many = hold(2, closed=True), hold(30, days_ago=10, closed=True, capacity=40)
    taken = [queries(afterwards.owe, session.ends_at) for session in (few, many)]
    assert Notice.objects.filter(kind="afterwards").count() == 32
    assert taken[0] == taken[1]
    assert taken[1][1] <= 6
