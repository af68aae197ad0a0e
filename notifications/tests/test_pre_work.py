"""Two days before, a word to those who have not said that they read the pre-work: once, and only if it is still so."""

from datetime import timedelta

import pytest

from devtools.testing.in_time import queries, send, sweep_and_send
from devtools.testing.mail_reader import read_mail
from foundation.wall_clock import days_before
from notifications.kinds import pre_work
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def prepared(make_session, workshop, people, now):
    """A confirmed session with pre-work, the registrations of two people, and the moment two days before."""
    workshop.pre_work, workshop.reminder_days = "Read the introduction.", ""
    workshop.save()
    session = make_session(minimum=1)
    registrations = [Registration.objects.register(person, session, now=now) for person in people(2)]
    session.settle(now=now)
    return session, registrations, days_before(session.starts_at, 2, session.time_zone)


def told(now) -> list[str]:
    return [to for kind, to in sweep_and_send(now) if kind == "pre_work"]


def test_the_confirmation_leads_to_the_page(prepared, settings):
    session, (one, _), _ = prepared
    mail = write_mail(one.notices.get(kind="confirmed"))
    path = f"/registrations/{one.uuid}/pre-work/"
    assert f"There is something to read or do first: {settings.SITE_URL}{path}" in mail["text"]
    assert path in read_mail(mail).page.everything


def test_somebody_who_has_not_read_it_is_told_once(prepared, now):
    session, (read, unread), moment = prepared
    read.finish_pre_work(now=now)
    assert told(moment - timedelta(seconds=1)) == []
    assert told(moment) == [unread.person.email]
    assert told(moment + timedelta(days=1)) == []
    assert not read.notices.filter(kind="pre_work").exists()
    text = write_mail(unread.notices.get(kind="pre_work"))["text"]
    assert f"/registrations/{unread.uuid}/pre-work/" in text


def test_who_reads_it_while_the_notice_waits_is_left_alone(prepared, now):
    session, (read, unread), moment = prepared
    pre_work.owe(moment)
    read.finish_pre_work(now=now)
    assert send(moment) == [("pre_work", unread.person.email)]


@pytest.mark.parametrize("what", ["cancelled", "withdrawn", "no pre-work", "started"])
def test_a_notice_that_waited_is_dropped_when_it_is_no_longer_true(prepared, workshop, office, now, what):
    session, registrations, moment = prepared
    pre_work.owe(moment)
    if what == "cancelled":
        session.cancel("Snow.", by=office, now=now)
    elif what == "withdrawn":
        for registration in registrations:
            registration.withdraw(by=registration.person, now=now)
    elif what == "no pre-work":
        workshop.pre_work = ""
        workshop.save()
    assert send(session.starts_at if what == "started" else moment) == []
    assert set(Notice.objects.filter(kind="pre_work").values_list("state", flat=True)) == {"expired"}


def test_a_workshop_without_pre_work_says_nothing(prepared, workshop):
    session, _, moment = prepared
    workshop.pre_work = " "
    workshop.save()
    assert told(moment) == []


def test_who_registered_later_was_told_in_the_confirmation(prepared, people):
    session, registrations, moment = prepared
    late = Registration.objects.register(people(1)[0], session, now=moment + timedelta(minutes=1))
    assert late.person.email not in told(moment + timedelta(minutes=2))


def test_it_is_said_again_before_a_later_date(prepared):
    session, registrations, moment = prepared
    assert len(told(moment)) == 2
    type(session).objects.filter(pk=session.pk).update(
        starts_at=session.starts_at + timedelta(days=7), ends_at=session.ends_at + timedelta(days=7)
    )
    assert len(told(moment + timedelta(days=7))) == 2


def test_the_number_of_queries_is_the_same_for_any_number_of_people(prepared, make_session, people, now):
    session, _, moment = prepared
    taken = [queries(pre_work.owe, moment)]
    session = make_session(days=40, minimum=1, capacity=40)
    for person in people(30):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    taken.append(queries(pre_work.owe, days_before(session.starts_at, 2, session.time_zone)))
    assert Notice.objects.filter(kind="pre_work", registration__session=session).count() == 30
    few, many = taken
    assert few == many
    assert many[1] < 6
