"""“Two more by Friday”: once, to whom it concerns, from the numbers of the moment, and never after the fact."""

from datetime import timedelta

import pytest

from accounts.models import Campus
from devtools.testing.in_time import queries, send, sweep_and_send
from devtools.testing.mail_reader import read_mail
from notifications.kinds import at_risk
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from registrations.models import Interest, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db

KINDS = ["at_risk", "room_left"]


@pytest.fixture
def short(make_session, people, now):
    """A session of four out of six, with the registrations of its people, and the moment from which it is at risk."""
    session = make_session()
    registrations = [Registration.objects.register(person, session, now=now) for person in people(4)]
    return session, registrations, session.confirm_by - timedelta(days=3)


def sent(now) -> list[tuple[str, str]]:
    return [(kind, to) for kind, to in sweep_and_send(now) if kind in KINDS]


def kinds(now) -> list[str]:
    return [kind for kind, _ in sent(now)]


def test_the_registered_are_told_once_three_days_before_the_decision(short):
    session, registrations, moment = short
    assert sent(moment - timedelta(seconds=1)) == []
    assert sent(moment) == [("at_risk", one.person.email) for one in registrations]
    assert sent(moment + timedelta(days=1)) == []


def test_a_session_at_its_minimum_or_decided_is_not_at_risk(short, people, office, now):
    session, registrations, moment = short
    two = [Registration.objects.register(person, session, now=now) for person in people(2)]
    assert sent(moment) == []
    two[0].withdraw(by=two[0].person, now=now)
    session.run_anyway("A visiting speaker.", by=office, now=now)
    assert sent(moment) == []


def test_who_registers_later_has_read_the_numbers_then(short, people):
    session, registrations, moment = short
    late = Registration.objects.register(people(1)[0], session, now=moment + timedelta(minutes=1))
    assert ("at_risk", late.person.email) not in sent(moment + timedelta(minutes=2))


def test_the_mail_has_the_numbers_of_the_moment_it_is_written(short, people, now):
    session, registrations, moment = short
    at_risk.owe(moment)
    Registration.objects.register(people(1)[0], session, now=now)
    notice = registrations[0].notices.get(kind="at_risk")
    mail = write_mail(notice)
    assert mail["subject"].startswith("One more by ")
    assert (
        "Five people have registered for this session, and you are one of them. It needs one more person by"
        in (mail["text"])
    )
    assert f"/sessions/{session.code}/nominations/" in mail["text"]
    assert read_mail(mail).page.everything.lower().count("one more") == 4  # title, preview, headline, sentence


def test_a_call_that_waited_is_dropped_once_the_minimum_is_reached(short, people, now):
    session, registrations, moment = short
    at_risk.owe(moment)
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    assert send(moment) == []
    assert set(Notice.objects.filter(kind="at_risk").values_list("state", "text")) == {("expired", "")}


@pytest.mark.parametrize("decided", ["run anyway", "cancelled", "too late"])
def test_a_call_that_waited_is_dropped_once_it_is_decided(short, office, now, decided):
    session, registrations, moment = short
    at_risk.owe(moment)
    if decided == "run anyway":
        session.run_anyway("A visiting speaker.", by=office, now=now)
    elif decided == "cancelled":
        session.cancel("Snow.", by=office, now=now)
    assert send(session.confirm_by if decided == "too late" else moment) == []


def test_somebody_who_left_since_is_not_asked(short, now):
    session, registrations, moment = short
    at_risk.owe(moment)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert len(send(moment)) == 3


def test_a_new_decision_date_is_said_and_the_old_one_is_not(short, office):
    session, registrations, moment = short
    at_risk.owe(moment)
    later = session.confirm_by + timedelta(hours=20)
    session.extend(later, by=office, now=moment + timedelta(hours=1))
    assert kinds(moment + timedelta(hours=2)) == []
    assert kinds(later - timedelta(days=3)) == ["at_risk"] * 4
    assert list(Notice.objects.filter(kind="at_risk").values_list("state", flat=True).distinct().order_by("state")) == [
        "expired",
        "sent",
    ]


# ---- to those without a place ----


@pytest.fixture
def interested(short, people, workshop, now):
    """interested(2, role=...) makes people who asked to be told of dates of the workshop."""

    def make(count, **fields):
        made = people(count, **fields)
        for person in made:
            Interest.objects.express(person, workshop, now=now)
        return made

    return make


def test_the_interested_are_told_there_are_seats_once(short, interested):
    session, registrations, moment = short
    (one, other) = interested(2)
    assert sent(moment)[4:] == [("room_left", one.email), ("room_left", other.email)]
    assert sent(moment + timedelta(days=1)) == []


def test_who_is_in_the_session_or_on_another_date_is_not(short, interested, make_session, now):
    session, registrations, moment = short
    here, elsewhere, stopped = interested(3)
    Registration.objects.register(here, session, now=now)
    Registration.objects.register(elsewhere, make_session(days=21, minimum=1), now=now)
    Interest.objects.get(person=stopped).stop(now)
    assert kinds(moment) == ["at_risk"] * 5


def test_the_waitlisted_of_another_date_are_told_once_whatever_they_wait_for(short, make_session, people, now):
    session, registrations, moment = short
    seated, waiting, both = people(3)
    for days in (21, 28):
        full = make_session(days=days, minimum=1, capacity=1)
        Registration.objects.register(seated, full, now=now)
        Registration.objects.register(waiting, full, now=now)
    Registration.objects.register(both, full, now=now)
    Registration.objects.register(both, session, now=now)
    assert [to for kind, to in sent(moment) if kind == "room_left"] == [waiting.email]
    text = write_mail(Notice.objects.get(kind="room_left"))["text"]
    assert "You are on the waitlist for" in text and f"/sessions/{session.code}/" in text
    assert sent(moment + timedelta(days=1)) == []


def test_who_waits_and_is_interested_is_told_once_what_they_wait_for(short, interested, make_session, people, now):
    session, registrations, moment = short
    full = make_session(days=21, minimum=1, capacity=1)
    Registration.objects.register(people(1)[0], full, now=now)
    (both,) = interested(1)
    Registration.objects.register(both, full, now=now)
    assert [to for kind, to in sent(moment) if kind == "room_left"] == [both.email]
    assert "You are on the waitlist for" in write_mail(Notice.objects.get(kind="room_left"))["text"]


def test_the_waitlist_of_the_session_at_risk_is_not_told(short, interested, now):
    session, registrations, moment = short
    Registration.objects.register(interested(1)[0], session, now=now)
    waiting = session.registrations.last()
    Registration.objects.filter(pk=waiting.pk).update(status="waitlisted", seated_at=None)
    Session.objects.filter(pk=session.pk).update(seats_taken=4, waiting_count=1)
    assert kinds(moment) == ["at_risk"] * 4


def test_nobody_is_told_of_a_session_that_is_not_for_them(short, interested, workshop, make_session, now):
    session, registrations, moment = short
    campus = Campus.objects.create(name="Downtown")
    Session.objects.filter(pk=session.pk).update(for_campus=campus)
    elsewhere, there, off = interested(3)
    there.campus, off.campus, off.is_active = campus, campus, False
    there.save()
    off.save()
    assert [to for kind, to in sent(moment) if kind == "room_left"] == [there.email]
    assert Notice.objects.filter(kind="room_left").count() == 1


def test_who_is_no_longer_eligible_when_it_is_sent_is_not_told(short, interested):
    session, registrations, moment = short
    interested(1)
    at_risk.owe(moment)
    Session.objects.filter(pk=session.pk).update(for_campus=Campus.objects.create(name="Downtown"))
    assert send(moment) == []


def test_an_unlisted_session_calls_only_its_own_people(short, interested):
    session, registrations, moment = short
    interested(1)
    Session.objects.filter(pk=session.pk).update(listed=False)
    assert kinds(moment) == ["at_risk"] * 4


def test_the_interested_can_stop_it_from_the_mail(short, interested):
    session, registrations, moment = short
    (person,) = interested(1)
    sent(moment)
    mail = write_mail(Notice.objects.get(kind="room_left"))
    assert f"/interests/{person.interests.get().uuid}/" in mail["text"]
    assert "It goes ahead if two more people register by" in mail["text"]


def test_the_registered_may_bring_somebody_until_registration_closes(short):
    session, registrations, moment = short
    Session.objects.filter(pk=session.pk).update(registration_closes_at=moment)
    assert sent(moment) == []


def test_the_number_of_queries_is_the_same_for_any_number_of_people(make_session, people, workshop, now):
    taken = []
    for days, count in ((14, 3), (40, 15)):
        session = make_session(days=days, minimum=31, capacity=60)
        for person in people(count):
            Registration.objects.register(person, session, now=now)
        taken.append(queries(at_risk.owe, session.confirm_by - timedelta(days=3)))
        assert session.registrations.filter(notices__kind="at_risk").count() == count
    few, many = taken
    assert few == many
    assert many[1] == 11


def test_nor_for_any_number_of_interested_people(make_session, people, workshop, now):
    taken = []
    for days, count in ((14, 3), (40, 12)):
        session = make_session(days=days)
        for person in people(count):
            Interest.objects.express(person, workshop, now=now)
        taken.append(queries(at_risk.owe, session.confirm_by - timedelta(days=3)))
    assert Notice.objects.filter(kind="room_left").count() == 3 + 15
    assert taken[0] == taken[1]
