"""A prompt (reminder, call for people, pre-work) neither swallows news nor is swallowed by it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from devtools.testing.changing import text_of
from devtools.testing.in_time import TIMED
from foundation.wall_clock import days_before
from notifications.kinds import KINDS, reminders
from notifications.models import MailQueue, Notice
from notifications.outbox.claim import claim
from notifications.outbox.deliver import Sender
from registrations.models import Nomination, Registration
from sessions_app.models import Place

pytestmark = pytest.mark.django_db


def claimed(now) -> list[str]:
    kinds = []
    while notice := claim(now):
        Notice.objects.filter(pk=notice.pk).update(state="sent")
        kinds.append(notice.kind)
    return kinds


@pytest.mark.parametrize("kind", ["at_risk", "reminder", "pre_work"])
def test_a_prompt_is_no_reason_to_drop_unsent_news(make_session, person, now, kind):
    registration = Registration.objects.register(person, make_session(), now=now)
    Notice.objects.owe(KINDS[kind], registration, {"by": "", "meeting": 0, "starts_at": ""})
    assert claimed(timezone.now()) == ["registered"]


def test_an_unsent_withdrawal_goes_out_and_the_reminder_does_not(make_session, person, now):
    session = make_session()
    registration = Registration.objects.register(person, session, now=now)
    registration.withdraw(by=person, now=now)
    Notice.objects.owe(KINDS["reminder"], registration, {"meeting": session.meetings.get().pk, "starts_at": ""})
    assert claimed(timezone.now()) == ["withdrawn"]


def test_news_written_after_a_reminder_does_not_swallow_it(make_session, person, now):
    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    Notice.objects.update(state="sent")
    moment = days_before(session.starts_at, 7, session.time_zone)
    reminders.owe(moment)
    Notice.objects.owe(KINDS["promoted"], registration, {})
    assert sorted(claimed(moment)) == ["promoted", "reminder"]


def test_news_still_supersedes_older_news(make_session, person, now):
    registration = Registration.objects.register(person, make_session(), now=now)
    registration.withdraw(by=person, now=now)
    assert claimed(timezone.now()) == ["withdrawn"]


def test_each_prompt_offer_and_code_has_its_question_and_news_has_none():
    # Of the news these alone have one: a team may take its request back before the office reads of it, and a
    # facilitator a no; another correction may come before a person reads of a certificate, and another answer before
    # they read of the first; a person may leave the part of a session to which the office writes.
    asked = {name for name, kind in KINDS.items() if kind.still_true}
    asked -= {
        "request_asked",
        "leading_declined",
        "certificate",
        "certificate_revoked",
        "outside_answered",
        "announced",
    }
    assert asked == {*TIMED, "nominated", "dated", "code", "extended", "call", "merge_offer", "merge_off"}


def test_a_question_is_asked_again_when_a_dead_sender_left_the_notice(make_session, person, office, now):
    session = make_session(minimum=1)
    Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    Notice.objects.update(state="sent")
    moment = days_before(session.starts_at, 1, session.time_zone)
    reminders.owe(moment)
    assert claim(moment).kind == "reminder"
    session.cancel("Snow.", by=office, now=now)
    Notice.objects.filter(kind="cancelled").update(state="sent")
    assert claim(moment + timedelta(minutes=6)) is None
    assert Notice.objects.get(kind="reminder").state == "expired"


# ---- put off by the mail server ----


def send(at) -> None:
    """Send what is due at `at`, as a worker at that instant does."""
    with Sender(lambda: at) as sender:
        while (notice := claim(at)) and sender.send([notice], MailQueue.load()):
            pass


@pytest.fixture
def reminder(make_session, person, smtp_sink, now) -> Notice:
    """A reminder that is due a day ahead of its session, everything else sent."""
    session = make_session(minimum=1)
    Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    Notice.objects.update(state="sent")
    reminders.owe(days_before(session.starts_at, 1, session.time_zone))
    return Notice.objects.get(kind="reminder")


def links(smtp_sink) -> list[bool]:
    """Return of each mail whether it has the new link to join."""
    return ["meet.example.edu/new" in text_of(received) for received in smtp_sink.received]


def give_new_link(notice, office, now) -> None:
    session = notice.registration.session
    session.relocate({session.meetings.get(): Place(None, "https://meet.example.edu/new")}, by=office, now=now)
    Notice.objects.filter(kind="changed").update(state="sent")


@pytest.mark.parametrize("how", ["with words", "by silence"])
def test_a_late_reminder_says_how_things_are_when_it_goes(reminder, office, smtp_sink, settings, how):
    at = reminder.next_attempt_at
    if how == "with words":
        smtp_sink.busy = 1
    else:
        settings.EMAIL_PORT = 1
    send(at)
    settings.EMAIL_PORT = smtp_sink.port
    give_new_link(reminder, office, at)
    send(at + timedelta(minutes=2))
    assert links(smtp_sink) == [True]


def test_a_reminder_that_may_have_arrived_is_repeated_as_it_was(reminder, office, smtp_sink):
    at = reminder.next_attempt_at
    smtp_sink.drops = 1
    send(at)
    give_new_link(reminder, office, at)
    smtp_sink.busy = 1
    for minutes in (2, 10):
        send(at + timedelta(minutes=minutes))
    assert links(smtp_sink) == [False, False]
    reminder.refresh_from_db()
    assert (reminder.state, reminder.attempts) == ("sent", 3)


def test_a_nomination_that_was_put_off_and_then_cancelled_is_no_mail(make_session, office, smtp_sink, now):
    session = make_session()
    Nomination.objects.nominate(["colleague@example.edu"], session, by=office, now=now)
    smtp_sink.busy = 1
    send(timezone.now())
    session.cancel("Snow.", by=office)
    send(timezone.now() + timedelta(hours=1))
    assert smtp_sink.received == []
