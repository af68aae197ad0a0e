"""What a mail says, read as its plain text."""

import re
from datetime import timedelta

import pytest

from devtools.testing.mail_reader import read_mail
from foundation.dates import long_day
from notifications.outbox.compose import write_mail
from notifications.outbox.deliver import drain
from registrations.models import Registration
from sessions_app.models import MeetingPlan

pytestmark = pytest.mark.django_db


def mails(registration) -> dict[str, str]:
    return {notice.kind: write_mail(notice)["text"] for notice in registration.notices.order_by("pk")}


def test_paragraphs_are_one_blank_line_apart(make_session, workshop, people, office, now):
    workshop.pre_work = "Read the introduction."
    workshop.save()
    session = make_session(minimum=1, capacity=1)
    seated, waiting = [Registration.objects.register(person, session, now=now) for person in people(2)]
    session.settle(now=now)
    seated.withdraw(by=seated.person, now=now)
    session.cancel("The room is flooded.", by=office, now=now)
    written = {**mails(seated), **mails(waiting)}
    assert set(written) == {"registered", "confirmed", "withdrawn", "waitlisted", "promoted", "cancelled"}
    for text in written.values():
        assert not re.search(r"\n\s*\n\s*\n", text)
    assert f"/registrations/{seated.uuid}/pre-work/\nYour registration: http" in written["confirmed"]


def test_the_first_mails_ask_people_to_add_our_address(make_session, person, now):
    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    for notice in registration.notices.filter(kind__in=["registered", "confirmed"]):
        mail = write_mail(notice)
        for body in read_mail(mail).bodies:
            assert "Please add our address to your contacts: some calendars, Google’s among them, take" in body


@pytest.mark.parametrize("confirmed", [False, True])
def test_somebody_the_office_withdraws_is_told_and_not_thanked(make_session, person, office, now, confirmed):
    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    if confirmed:
        session.settle(now=now)
    registration.withdraw(by=office, now=now)
    mail = write_mail(registration.notices.get(kind="withdrawn"))
    assert mail["subject"].startswith(f"Your place has ended: {session.workshop.title}, ")
    for body in read_mail(mail).bodies:
        assert f"The office has ended your place in {session.workshop.title} on " in body
        assert "Thank you" not in body and "You’ve left" not in body
        assert ("takes it off your calendar" in body) == confirmed


def test_somebody_the_office_moves_is_told_the_new_date(make_session, person, office, now):
    registration = Registration.objects.register(person, make_session(), now=now)
    registration.transfer(make_session(days=30), by=office, now=now)
    mail = write_mail(registration.notices.get(kind="withdrawn"))
    assert mail["subject"].startswith("You’ve moved: ") and "The office has moved your place" in mail["text"]


@pytest.mark.parametrize(
    ("minimum", "sentence"),
    [(1, "This session needs nobody else."), (2, "Two people have registered, which is all this session needs.")],
)
def test_the_last_one_needed_reads_so_in_words(make_session, people, now, minimum, sentence):
    session = make_session(minimum=minimum)
    *_, last = [Registration.objects.register(person, session, now=now) for person in people(minimum)]
    assert sentence in mails(last)["registered"]


def test_a_name_written_from_right_to_left_turns_nothing_but_itself(make_session, person, now):
    person.name = "زهرة"
    person.save()
    registration = Registration.objects.register(person, make_session(), now=now)
    page = read_mail(write_mail(registration.notices.get())).page
    assert "Hello زهرة. " in page.text and [part.text for part in page.parts("bdi")] == ["زهرة"]


def test_the_join_link_stands_in_the_confirmation_and_nowhere_earlier(make_session, person, smtp_sink, now):
    session = make_session(minimum=1)
    Registration.objects.register(person, session, now=now)
    drain()
    session.settle(now=now)
    drain()
    registered, confirmed = [read_mail(received) for received in smtp_sink.to(person.email)]
    link = session.meetings.get().join_link
    assert [link in body for body in registered.bodies] == [False, False]
    assert [link in body for body in confirmed.bodies] == [True, True]


@pytest.mark.parametrize("kind", ["confirmed", "promoted"])
def test_the_first_mail_of_several_meetings_shows_all_dates(make_session, people, now, kind):
    starts = [now + timedelta(days=days) for days in (14, 21)]
    plans = [MeetingPlan(at, at + timedelta(minutes=90), "America/Chicago") for at in starts]
    session = make_session(minimum=1, capacity=1, meetings=plans)
    seated, waiting = [Registration.objects.register(person, session, now=now) for person in people(2)]
    session.settle(now=now)
    seated.withdraw(by=seated.person, now=now)
    owner = {"confirmed": seated, "promoted": waiting}[kind]
    notices = owner.notices.filter(kind=kind).order_by("thread__meeting__starts_at")
    mails = [read_mail(write_mail(one)).bodies for one in notices]
    days = [long_day(at, "America/Chicago", now.year) for at in starts]
    for first, second in zip(*mails, strict=True):
        assert [day in first for day in days] == [True, True]
        assert "puts part 1 of 2 in your calendar" in first and "a mail of its own" in first
        assert [day in second for day in days] == [False, True]
        assert "a mail of its own" not in second
