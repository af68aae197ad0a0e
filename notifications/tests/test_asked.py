"""A session set to ask at its deadline asks the office once, by mail, and says until when."""

from datetime import timedelta

import pytest

from notifications.models import Notice
from notifications.outbox.deliver import drain
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def undecided(make_session, people, now):
    """A session at five of six whose deadline has just passed, set to ask."""
    session = make_session(at_deadline=Session.AtDeadline.ASK)
    for person in people(5):
        Registration.objects.register(person, session, now=now)
    Session.objects.filter(pk=session.pk).update(confirm_by=now)
    session.settle(now=now)
    return session


def test_the_office_is_asked_once(undecided, now, settings):
    undecided.settle(now=now + timedelta(minutes=1))
    notice = Notice.objects.get(kind="undecided")
    assert (notice.to, notice.facts["count"], notice.expires_at) == (
        settings.OFFICE_EMAIL,
        5,
        now + timedelta(hours=24),
    )


def test_the_mail_leads_to_the_three_answers(undecided, smtp_sink, settings):
    drain()
    (mail,) = [received.message for received in smtp_sink.to(settings.OFFICE_EMAIL)]
    assert mail["Subject"].startswith("Does it run?")
    text = mail.get_body(("plain",)).get_content()
    for page in ("run-anyway", "extend", "cancel"):
        assert f"/admin/sessions_app/session/{undecided.pk}/{page}/" in text
    assert "5 of 6 people have registered" in text


def test_more_time_asks_again_at_the_new_deadline(undecided, office, now):
    until = now + timedelta(days=2)
    undecided.extend(until, by=office, now=now)
    undecided.settle(now=until)
    assert Notice.objects.filter(kind="undecided").count() == 2


def test_a_session_that_cancels_by_itself_asks_nobody(make_session, now):
    session = make_session()
    session.settle(now=session.confirm_by)
    assert not Notice.objects.filter(kind="undecided").exists()
