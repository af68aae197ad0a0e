"""Dates of one workshop that are published within ten minutes are one mail to each person who asked for one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Workshop
from devtools.testing.at_once import at_once
from devtools.testing.mail_reader import read_mail
from foundation import database_clock
from foundation.dates import long_day
from notifications.kinds.interests import LINGER, dates_of, owe_dates
from notifications.models import Notice
from notifications.outbox.claim import claim, claim_some
from notifications.outbox.compose import write_mail
from notifications.outbox.deliver import drain
from registrations.models import Interest, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def interest_in_dates(person, workshop) -> Interest:
    return Interest.objects.express(person, workshop)


def later(minutes: float = 10.1):
    return database_clock.now() + timedelta(minutes=minutes)


def day(session: Session) -> str:
    return long_day(session.starts_at, session.time_zone, session.starts_at.year)


def mail_at(now):
    """Claim the one mail about dates at `now`, and read it as its reader does."""
    notice = claim(now)
    return read_mail(write_mail(notice))


def test_nothing_leaves_before_ten_minutes_are_over(interest_in_dates, make_session, smtp_sink):
    make_session()
    drain()
    assert smtp_sink.received == []
    assert claim(later(9.9)) is None
    assert claim(later(10.1)).kind == "dated"


def test_dates_of_ten_minutes_are_one_mail_in_their_order(interest_in_dates, make_session):
    dates = [make_session(days=days) for days in (30, 10, 20)]
    assert Notice.objects.count() == 1
    mail = mail_at(later())
    assert mail.subject == "New dates: Bystander Interventions"
    for body in mail.bodies:
        places = [body.index(session.get_absolute_url()) for session in (dates[1], dates[2], dates[0])]
        assert places == sorted(places)
        assert "Here are three." in body and interest_in_dates.get_absolute_url() in body
        assert all(day(session) in body for session in dates)
    Notice.objects.update(state="sent")
    assert claim(later(60)) is None


def test_one_date_alone_reads_as_before(interest_in_dates, make_session):
    session = make_session()
    mail = mail_at(later())
    assert mail.subject.startswith("A new date: Bystander Interventions, ")
    assert f"Register: http://127.0.0.1:8000{session.get_absolute_url()}" in mail.text and "Here it is" in mail.text


def test_each_workshop_has_a_mail_of_its_own(interest_in_dates, person, make_session):
    other = Workshop.objects.create(title="Allyship", slug="allyship", status=Workshop.Status.PUBLISHED)
    Interest.objects.express(person, other)
    make_session()
    make_session(workshop=other)
    assert Notice.objects.filter(kind="dated").count() == 2


def test_a_date_after_the_mail_is_claimed_is_another_mail(interest_in_dates, make_session):
    make_session()
    claimed = claim(later())
    second = make_session(days=20)
    assert second.get_absolute_url() not in write_mail(claimed)["text"]
    waiting = Notice.objects.get(kind="dated", state="queued")
    assert dates_of(waiting) == [second.pk]


@pytest.mark.parametrize("gone", [0, 1, 2])
@pytest.mark.parametrize("how", ["cancelled", "unlisted", "closed"])
def test_a_date_that_is_gone_is_left_out(interest_in_dates, make_session, office, gone, how):
    dates = [make_session(days=days) for days in (10, 20, 30)]
    end(dates[gone], how, office)
    assert not Notice.objects.filter(kind="undated").exists()
    mail = mail_at(later())
    for body in mail.bodies:
        assert [session.get_absolute_url() in body for session in dates] == [number != gone for number in range(3)]
        assert "Here are two." in body


def end(session: Session, how: str, office) -> None:
    if how == "cancelled":
        session.cancel("Snow.", by=office)
    elif how == "unlisted":
        session.make_unlisted(by=office)
    else:
        Session.objects.filter(pk=session.pk).update(registration_closes_at=database_clock.now())


def test_of_two_dates_the_one_that_is_left_is_told_as_one(interest_in_dates, make_session, office):
    gone, left = make_session(minimum=9), make_session(days=20, minimum=4)
    gone.cancel("Snow.", by=office)
    mail = mail_at(later())
    assert mail.subject.startswith("A new date: ")
    for body in mail.bodies:
        assert left.get_absolute_url() in body and gone.get_absolute_url() not in body
        assert "once four people have registered" in body


@pytest.mark.parametrize("how", ["cancelled", "unlisted", "closed"])
def test_with_no_date_left_there_is_no_mail(interest_in_dates, make_session, office, how):
    for session in [make_session(days=days) for days in (10, 20)]:
        end(session, how, office)
    assert claim(later()) is None
    assert Notice.objects.get().state == "expired"


def test_only_a_date_that_was_told_is_taken_back(interest_in_dates, make_session, office):
    told, untold = make_session(), make_session(days=20)
    untold.cancel("Snow.", by=office)
    write_mail(claim(later()))
    Notice.objects.update(state="sent")
    assert not Notice.objects.filter(kind="undated").exists()
    told.cancel("Snow.", by=office)
    assert Notice.objects.get(kind="undated").facts["dated"] == told.pk


def test_a_date_that_is_cancelled_while_its_mail_is_written_is_taken_back(interest_in_dates, make_session, office):
    dates = [make_session(days=days) for days in (10, 20)]
    claimed = claim(later())
    dates[0].cancel("Snow.", by=office)
    assert dates[0].get_absolute_url() in write_mail(claimed)["text"]
    assert Notice.objects.filter(kind="undated").count() == 1


def test_a_date_after_all_the_others_are_cancelled_has_its_own_mail(interest_in_dates, make_session, office):
    gone = make_session()
    gone.cancel("Snow.", by=office)
    left = make_session(days=20)
    mail = mail_at(later())
    assert left.get_absolute_url() in mail.text and gone.get_absolute_url() not in mail.text


def test_a_seat_taken_meanwhile_is_answer_enough(interest_in_dates, make_session, person):
    dates = [make_session(days=days) for days in (10, 20)]
    Registration.objects.register(person, dates[1])
    assert all(notice.kind != "dated" for notice in claim_some(later(), 50))


def test_a_date_is_owed_once_whatever_asks_for_it(interest_in_dates, make_session):
    sessions = [make_session(days=days) for days in (10, 20)]
    for session in sessions * 2:
        owe_dates([(interest_in_dates, [session])], database_clock.now())
    notice = Notice.objects.get(kind="dated")
    assert (notice.facts["dated"], notice.facts["also"]) == (sessions[0].pk, [sessions[1].pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(kind="dated", to="x@example.edu", dedupe_key=notice.dedupe_key)


def test_what_the_code_before_owed_is_still_sent(interest_in_dates, make_session):
    session = make_session()
    notice = Notice.objects.get()
    notice.facts = {"interest": interest_in_dates.pk, "dated": session.pk, "count": 0, "minimum": 6}
    notice.save()
    assert session.get_absolute_url() in mail_at(later()).text


# ---- at the same moment ----


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_dates_published_at_the_same_moment_are_one_mail(people, workshop, make_session, office, now):
    for person in people(3):
        Interest.objects.express(person, workshop, now=now)
    drafts = [make_session(days=10 + number, published=False) for number in range(6)]
    at_once(*[lambda pk=draft.pk: Session.objects.get(pk=pk).publish(by=office) for draft in drafts])
    notices = Notice.objects.filter(kind="dated")
    assert notices.count() == 3
    for notice in notices:
        assert sorted([notice.facts["dated"], *notice.facts["also"]]) == sorted(draft.pk for draft in drafts)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_what_was_gathered_once(people, workshop, make_session, now, smtp_sink):
    for person in people(8):
        Interest.objects.express(person, workshop, now=now)
    for days in (10, 20, 30):
        make_session(days=days)
    Notice.objects.update(next_attempt_at=now - LINGER)
    at_once(*[drain] * 2)
    assert sorted(mail.recipients[0] for mail in smtp_sink.received) == sorted(
        Notice.objects.values_list("to", flat=True)
    )
    assert len(smtp_sink.received) == 8
