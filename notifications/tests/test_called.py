"""People whom the office asked to come, and who have not registered, hear once that the session moves or is off."""

from datetime import timedelta

import pytest

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.changing import MINUTES, deliver, shift, text_of
from devtools.testing.mail_reader import is_as_shown
from notifications.kinds.interests import LINGER
from notifications.models import Notice
from notifications.outbox.foreseeing import foresee
from registrations.models import Call, Interest, Nomination, Registration
from sessions_app.models import Held, Place, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def call_to(office, now):
    """call_to(session, *people) asks them to come, and delivers the mail that asks."""

    def ask(session, *people, delivered=True):
        calls = Call.objects.call(session, [(one, "unit") for one in people], office, now=now)
        if delivered:
            deliver(now)
        return calls

    return ask


def subjects(sink) -> list[str]:
    return [one.message["Subject"].partition(":")[0] for one in sink.received]


def test_two_moves_within_two_minutes_are_one_mail_to_who_was_called(
    make_session, people, room, office, call_to, smtp_sink, now
):
    session = make_session()
    call_to(session, *people(2))
    shift(session, office, now, days=1)
    session.relocate({session.meetings.get(): Place(room, "")}, by=office, now=now + MINUTES)
    deliver(now + MINUTES)
    assert len(smtp_sink.received) == 2  # nothing yet
    deliver(now + 3 * MINUTES)
    assert subjects(smtp_sink)[2:] == ["New time and place"] * 2
    mail = smtp_sink.received[2]
    body, html = text_of(mail), mail.message.get_body(("html",)).get_content()
    for words in ("We asked you whether you would come to this session", "Ask me no more", "Nothing is booked for you"):
        assert words in " ".join(body.split()) and words in " ".join(html.split())
    assert "Where, now:    Learning Commons 210, Downtown" in body and calendar_of(mail) is None
    assert session.get_absolute_url() in body and Call.objects.first().get_absolute_url() in body


def test_a_move_taken_back_is_no_mail_to_who_was_called(make_session, people, office, call_to, smtp_sink, now):
    session = make_session()
    call_to(session, *people(1))
    shift(session, office, now, days=1)
    shift(session, office, now, days=-1)
    deliver(now + 3 * MINUTES)
    assert len(smtp_sink.received) == 1


def test_another_format_is_told_to_who_was_called(make_session, people, room, office, call_to, smtp_sink, now):
    session = make_session()
    call_to(session, *people(1))
    session.hold_as(Held("in_person", {session.meetings.get(): Place(room, "")}), by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert "Learning Commons 210" in text_of(smtp_sink.received[1])


def test_the_office_sees_the_mail_to_who_was_called_before_it_goes(
    make_session, people, room, office, call_to, smtp_sink, now
):
    session = make_session()
    call_to(session, *people(3))
    Registration.objects.register(Call.objects.first().person, session, now=now)
    deliver(now)
    new = Held("in_person", {session.meetings.get(): Place(room, "")})
    fresh = Session.objects.in_full().get(pk=session.pk)
    *_, called = foresee(fresh, fresh.held_as(new, now), office, now)
    assert (called.people, called.standing) == (2, "called")
    session.hold_as(new, by=office, now=now)
    before = len(smtp_sink.received)
    deliver(now + 3 * MINUTES)
    mails = [mail for mail in smtp_sink.received[before:] if "asked you whether" in " ".join(text_of(mail).split())]
    assert len(mails) == 2 and is_as_shown(mails[0], called.mail.text)


def test_who_registered_hears_as_registered_alone(make_session, people, office, call_to, smtp_sink, now):
    session, (stays, left) = make_session(), people(2)
    call_to(session, stays, left)
    Registration.objects.register(stays, session, now=now)
    Registration.objects.register(left, session, now=now).withdraw(left, now=now)
    deliver(now)
    before = len(smtp_sink.received)
    shift(session, office, now, days=1)
    deliver(now + 3 * MINUTES)
    session.cancel("Snow.", by=office, now=now + 4 * MINUTES)
    deliver(now + 5 * MINUTES)
    assert [one.recipients for one in smtp_sink.received[before:]] == [[stays.email]] * 2
    assert not Notice.objects.filter(kind__in=["call_moved", "call_off"]).exists()


def test_who_registers_within_the_two_minutes_is_not_told_as_called(
    make_session, people, office, call_to, smtp_sink, now
):
    session, (person,) = make_session(), people(1)
    call_to(session, person)
    shift(session, office, now, days=1)
    Registration.objects.register(person, session, now=now + MINUTES)
    deliver(now + 3 * MINUTES)
    assert [words[:17] for words in subjects(smtp_sink)[1:]] == ["You’re registered"]


def test_who_wants_no_more_such_mail_hears_nothing(make_session, people, office, call_to, smtp_sink, now):
    session = make_session()
    (call,) = call_to(session, *people(1))
    call.stop(now=now)
    shift(session, office, now, days=1)
    session.cancel("Snow.", by=office, now=now + MINUTES)
    deliver(now + 3 * MINUTES)
    assert len(smtp_sink.received) == 1


def test_a_call_that_waits_says_what_is_so(make_session, people, office, call_to, smtp_sink, now):
    session = make_session()
    call_to(session, *people(1), delivered=False)
    shift(session, office, now, days=1)
    deliver(now + 3 * MINUTES)
    session.refresh_from_db()
    (mail,) = smtp_sink.received
    assert mail.message["Subject"].startswith("Would you come?") and f"{session.starts_at:%B} " in text_of(mail)
    assert not Notice.objects.filter(kind="call_moved").exists()


def test_a_call_that_was_put_off_is_replaced(make_session, people, office, call_to, smtp_sink, now):
    session = make_session()
    smtp_sink.busy = 1
    call_to(session, *people(1))
    shift(session, office, now, days=1)
    deliver(now + 3 * MINUTES)
    (mail,) = smtp_sink.received
    assert mail.message["Subject"].startswith("Would you come?")
    assert sorted(Notice.objects.values_list("kind", "state")) == [("call", "sent"), ("call", "superseded")]


def test_a_cancelled_session_is_told_with_its_reason_and_other_dates(
    make_session, people, office, call_to, smtp_sink, now
):
    session, other = make_session(), make_session(days=21)
    call_to(session, *people(1))
    session.cancel("The speaker is ill.", by=office, now=now)
    deliver(now + MINUTES)
    mail = smtp_sink.received[1]
    assert mail.message["Subject"].startswith("Cancelled: Bystander Interventions")
    body, html = text_of(mail), mail.message.get_body(("html",)).get_content()
    for words in ("We asked you whether you would come to this session", "The speaker is ill.", "Ask me no more"):
        assert words in " ".join(body.split()) and words in " ".join(html.split())
    assert other.get_absolute_url() in body and other.get_absolute_url() in html


def test_nobody_hears_the_end_of_a_session_no_mail_named(make_session, people, office, call_to, smtp_sink, now):
    session = make_session()
    call_to(session, *people(1), delivered=False)
    session.cancel("Snow.", by=office, now=now)
    deliver(now + MINUTES)
    assert smtp_sink.received == [] and not Notice.objects.filter(kind="call_off").exists()


def test_a_move_that_waits_gives_way_to_the_end(make_session, people, office, call_to, smtp_sink, now):
    session = make_session()
    call_to(session, *people(1))
    shift(session, office, now, days=1)
    session.cancel("Snow.", by=office, now=now + MINUTES)
    deliver(now + 3 * MINUTES)
    assert subjects(smtp_sink)[1:] == ["Cancelled"]


def kinds_to(person) -> list[str]:
    """Return the kinds of mail that the person was sent, in the order they were owed."""
    return list(Notice.objects.filter(person=person, state="sent").order_by("pk").values_list("kind", flat=True))


def test_who_is_interested_and_was_called_hears_the_end_once(
    make_session, workshop, people, office, call_to, smtp_sink, now
):
    both, called = people(2)
    Interest.objects.express(both, workshop, now=now)
    session = make_session()
    deliver(now + LINGER + MINUTES)
    call_to(session, both, called)
    session.cancel("Snow.", by=office, now=now)
    deliver(now + timedelta(hours=1))
    assert kinds_to(both) == ["dated", "call", "undated"] and kinds_to(called) == ["call", "call_off"]
    assert len(smtp_sink.to(both.email)) == 3


def test_who_is_interested_and_heard_of_the_session_by_the_call_alone_hears_the_end(
    make_session, workshop, people, office, call_to, now
):
    (person,) = people(1)
    session = make_session()
    Interest.objects.express(person, workshop, now=now)
    call_to(session, person)
    session.cancel("Snow.", by=office, now=now)
    deliver(now + timedelta(hours=1))
    assert kinds_to(person) == ["call", "call_off"]


def test_who_was_called_and_then_proposed_hears_as_proposed_alone(make_session, people, office, call_to, now):
    session, (person,) = make_session(), people(1)
    call_to(session, person)
    Nomination.objects.nominate([person.email], session, by=office, now=now)
    deliver(now + MINUTES)
    shift(session, office, now, days=1)
    deliver(now + 5 * MINUTES)
    session.cancel("Snow.", by=office, now=now + 6 * MINUTES)
    deliver(now + 7 * MINUTES)
    assert kinds_to(person) == ["call", "nominated", "altered", "called_off"]


def test_a_proposal_nobody_read_leaves_the_end_to_the_call(make_session, people, office, call_to, now):
    session, (person,) = make_session(), people(1)
    call_to(session, person)
    Nomination.objects.nominate([person.email], session, by=office, now=now)
    session.cancel("Snow.", by=office, now=now)
    deliver(now + MINUTES)
    assert kinds_to(person) == ["call", "call_off"]


@pytest.mark.parametrize("no", ["no more calls", "no more of the workshop", "not this session"])
def test_who_said_no_in_another_place_hears_nothing(no, make_session, workshop, people, office, call_to, now):
    session, other, (person,) = make_session(), make_session(days=21), people(1)
    if no == "no more of the workshop":
        Interest.objects.express(person, workshop, now=now)
    call_to(session, person)
    (elsewhere,) = call_to(other, person)
    if no == "no more calls":
        elsewhere.stop(now=now)
    elif no == "no more of the workshop":
        Interest.objects.get().stop(now=now)
    else:
        Nomination.objects.nominate([person.email], session, by=office, now=now)
        Nomination.objects.get().decline(person, now=now)
    shift(session, office, now, days=1)
    session.cancel("Snow.", by=office, now=now + MINUTES)
    deliver(now + 3 * MINUTES)
    assert not Notice.objects.filter(kind__in=["call_moved", "call_off"]).exists()


def test_the_end_of_a_merged_date_is_told_to_who_was_called_there(
    make_session, people, office, call_to, smtp_sink, now
):
    session, into = make_session(), make_session(days=21)
    called, registered = people(2)
    Registration.objects.register(registered, session, now=now)
    call_to(session, called)
    session.begin_merge(into, now + timedelta(days=1), "Few had registered.", by=office, now=now)
    session.end_merge(by=office, now=now + timedelta(days=2))
    deliver(now + timedelta(days=2, minutes=5))
    (mail,) = smtp_sink.to(called.email)[1:]
    assert mail.message["Subject"].startswith("Cancelled") and into.get_absolute_url() in text_of(mail)
