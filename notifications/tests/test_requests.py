"""Mail about a request for a session: who gets it, once, what it says, and that it is not sent when it is not true."""

from datetime import timedelta

import pytest

from devtools.testing.mail_reader import read_mail
from devtools.testing.registering import ADA, BO
from devtools.testing.requesting import ask
from notifications.kinds import KINDS
from notifications.models import Notice
from notifications.outbox.deliver import drain
from notifications.outbox.preview import preview
from sessions_app.models import MeetingPlan, SessionRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]


@pytest.fixture
def request_told(person, workshop, now) -> SessionRequest:
    return ask(person, workshop, now, addresses=[ADA, BO])


def schedule(request_told: SessionRequest, office, **other):
    starts_at = request_told.spans[0][0]
    plan = MeetingPlan(
        starts_at, starts_at + timedelta(minutes=90), request_told.time_zone, join_link="https://meet.example"
    )
    return request_told.schedule(request_told.workshop, [plan], by=office, **other)


def owed() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("pk").values_list("kind", "to"))


def sent(kind: str, smtp_sink):
    """Send what is due, and read the one mail of a kind that the mail server got."""
    drain()
    (notice,) = Notice.objects.filter(kind=kind)
    (mail,) = (one for one in smtp_sink.received if one.message["Message-ID"] == notice.message_id)
    return read_mail(mail)


def test_both_sides_are_told_that_it_came_in(request_told, person, settings):
    assert owed() == [("request_asked", settings.OFFICE_EMAIL), ("request_received", person.email)]


def test_the_office_reads_who_asks_for_what_and_when(request_told, smtp_sink, settings):
    mail = sent("request_asked", smtp_sink)
    assert mail.subject == "A team asks for Bystander Interventions"
    for body in mail.bodies:
        assert "Person 1 (person1@example.edu) asks for a session." in body
        assert "8 people" in body and "Noon–3:00 PM, Central time" in body and "Either is fine" in body
        assert f"{settings.SITE_URL}/admin/sessions_app/sessionrequest/{request_told.pk}/change/" in body
        assert ADA not in body and request_told.hopes not in body


def test_the_person_reads_that_it_came_in(request_told, smtp_sink, settings):
    mail = sent("request_received", smtp_sink)
    assert mail.subject == "We have your request: Bystander Interventions"
    for body in mail.bodies:
        assert "Nothing is scheduled yet." in body and f"{settings.SITE_URL}{request_told.get_absolute_url()}" in body


def test_a_request_whose_every_time_is_too_soon_is_marked_so(person, workshop, now, smtp_sink):
    request_told = ask(person, workshop, now)
    SessionRequest.objects.filter(pk=request_told.pk).update(lead_days=60)
    assert "Every time is sooner than your lead time." in sent("request_asked", smtp_sink).bodies[0]


def test_each_answer_is_a_mail_with_its_own_words(request_told, person, office, now, smtp_sink):
    request_told.reply("Would <b>the 12th</b> do?\nAt noon.", by=office, now=now)
    request_told.reply("Or the 13th?", by=office, now=now + timedelta(seconds=1))
    request_told.reply("Or the 13th?", by=office, now=now + timedelta(seconds=2))
    answers = Notice.objects.filter(kind="request_answered", to=person.email)
    assert sorted(answers.values_list("facts__answer", flat=True)) == [
        "Or the 13th?",
        "Would <b>the 12th</b> do?\nAt noon.",
    ]
    drain()
    mail = read_mail(answers.order_by("pk").first())
    assert mail.subject == "About your request: Bystander Interventions"
    assert "Would <b>the 12th</b> do?\nAt noon." in mail.text and "Would <b>the 12th</b> do?" in mail.page.text


def test_a_declined_request_is_told_with_its_reason(request_told, person, office, smtp_sink):
    request_told.decline("We have nobody who teaches it.", by=office)
    mail = sent("request_declined", smtp_sink)
    assert mail.subject == "We cannot hold it: Bystander Interventions"
    assert all("We have nobody who teaches it." in body for body in mail.bodies)


def test_once_scheduled_everybody_is_told_their_own_part(request_told, person, office, smtp_sink):
    session = schedule(request_told, office)
    assert sorted(owed()[2:]) == [
        ("nominated", ADA),
        ("nominated", BO),
        ("registered", person.email),
        ("request_scheduled", person.email),
    ]
    mail = sent("request_scheduled", smtp_sink)
    assert mail.subject.startswith("It is scheduled: Bystander Interventions, ")
    for body in mail.bodies:
        assert "It is confirmed once 6 people have registered" in body and "You are registered." in body
        assert session.get_absolute_url() in body and request_told.get_absolute_url() in body
        assert ADA not in body
    assert "Person 1 (person1@example.edu) thought" in read_mail(Notice.objects.get(to=ADA)).text


def test_a_person_who_is_not_registered_reads_how_to(person, workshop, office, now, smtp_sink):
    session = schedule(ask(person, workshop, now, takes_part=False), office)
    mail = sent("request_scheduled", smtp_sink)
    for body in mail.bodies:
        assert "You are not registered yourself." in body and f"/sessions/{session.code}/registration/" in body


def test_a_withdrawal_is_told_to_an_office_that_had_read_of_it(request_told, person, settings, smtp_sink):
    drain()
    request_told.withdraw(by=person)
    assert owed()[2:] == [("request_asked", settings.OFFICE_EMAIL)]
    drain()
    mail = read_mail(Notice.objects.filter(kind="request_asked").order_by("pk").last())
    assert mail.subject == "Withdrawn: a session on Bystander Interventions"
    assert all("has withdrawn the request. Nothing is left to do." in body for body in mail.bodies)


def test_what_is_withdrawn_before_the_office_read_of_it_is_not_told(request_told, person, settings, smtp_sink):
    request_told.withdraw(by=person)
    drain()
    assert [(notice.kind, notice.state) for notice in Notice.objects.filter(to=settings.OFFICE_EMAIL)] == [
        ("request_asked", "expired")
    ]


def test_what_is_scheduled_before_the_office_read_of_it_is_not_told(request_told, office, settings, smtp_sink):
    schedule(request_told, office)
    drain()
    assert Notice.objects.get(to=settings.OFFICE_EMAIL).state == "expired"


def test_a_person_who_is_not_registered_hears_that_their_session_is_off(person, workshop, office, now, smtp_sink):
    session = schedule(ask(person, workshop, now, takes_part=False), office)
    session.cancel("The room is flooded.", by=office)
    mail = sent("request_unmet", smtp_sink)
    assert mail.subject.startswith("Cancelled: Bystander Interventions, ")
    assert all("The reason: The room is flooded." in body for body in mail.bodies)


def test_a_person_who_was_registered_hears_it_once(request_told, person, office):
    schedule(request_told, office).cancel("The room is flooded.", by=office)
    assert [kind for kind, to in owed() if to == person.email][-1] == "cancelled"
    assert not Notice.objects.filter(kind="request_unmet").exists()


@pytest.mark.parametrize("kind", [name for name in KINDS if name.startswith("request_")])
def test_the_office_can_look_at_each_before_it_goes(make_session, office, kind):
    session = make_session(published=True)
    assert session.workshop.title in preview(KINDS[kind], office, session).subject
