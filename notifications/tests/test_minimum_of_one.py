"""Mail about a session that needs one person: it is confirmed at the first, and no mail asks for “more”."""

from datetime import timedelta

import pytest
from django.utils import timezone

from devtools.testing.changing import deliver, text_of
from notifications.kinds.at_risk import owe as owe_calls
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from operations.invariants import breaches
from registrations.models import Interest, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("listed", [True, False])
def test_the_first_person_confirms_it(make_session, person, smtp_sink, now, listed):
    session = make_session(minimum=1, listed=listed)
    Registration.objects.register(person, session, now=now)
    deliver(now)
    for due in Session.objects.due_for_decision(now):
        due.settle(now=now)
    deliver(now)
    assert [mail.message["Subject"].split(":")[0] for mail in smtp_sink.received] == ["You’re registered", "Confirmed"]
    registered, confirmed = map(text_of, smtp_sink.received)
    assert "This session needs nobody else. It is being confirmed" in registered
    assert "(1 of 1" not in smtp_sink.received[0].message["Subject"]
    assert "This session is going ahead, and you have a seat." in confirmed
    assert list(breaches(now)) == []


@pytest.mark.parametrize(
    ("minimum", "subject", "sentence"),
    [
        (1, "One person by ", "It goes ahead if one person registers by "),
        (6, "Six people by ", "if six people register"),
    ],
)
def test_where_nobody_registered_nobody_is_asked_for_more(
    make_session, workshop, person, now, minimum, subject, sentence
):
    Interest.objects.express(person, workshop, now=now)
    session = make_session(minimum=minimum)
    moment = session.confirm_by - timedelta(days=3)
    owe_calls(moment)
    mail = write_mail(Notice.objects.get(kind="room_left"), now=moment)
    assert mail["subject"].startswith(subject) and "more by" not in mail["text"]
    assert sentence in " ".join(mail["text"].split())


def test_the_office_is_asked_whether_a_session_without_anybody_runs(make_session, now):
    session = make_session(minimum=1, at_deadline="ask")
    session.settle(now=session.confirm_by)
    mail = write_mail(Notice.objects.get(kind="undecided"), now=timezone.now())
    assert "Nobody has registered, and the decision date has passed." in " ".join(mail["text"].split())
