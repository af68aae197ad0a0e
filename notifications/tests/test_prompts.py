"""A prompt (reminder, call for people, pre-work) neither swallows news nor is swallowed by it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import reminders
from notifications.claims import claim
from notifications.models import Notice
from notifications.still_true import QUESTIONS, is_still_true
from notifications.tests.in_time import KINDS
from registrations.models import Registration
from sessions_app.wall_clock import days_before

pytestmark = pytest.mark.django_db


def claimed(now) -> list[str]:
    kinds = []
    while notice := claim(now):
        Notice.objects.filter(pk=notice.pk).update(state="sent")
        kinds.append(notice.kind)
    return kinds


@pytest.mark.parametrize("kind", Notice.PROMPTS)
def test_a_prompt_is_no_reason_to_drop_unsent_news(make_session, person, now, kind):
    registration = Registration.objects.register(person, make_session(), now=now)
    Notice.objects.owe(kind, registration, {"by": "", "meeting": 0, "starts_at": ""})
    assert claimed(timezone.now()) == ["registered"]


def test_an_unsent_withdrawal_goes_out_and_the_reminder_does_not(make_session, person, now):
    session = make_session()
    registration = Registration.objects.register(person, session, now=now)
    registration.withdraw(by=person, now=now)
    Notice.objects.owe(Notice.Kind.REMINDER, registration, {"meeting": session.meetings.get().pk, "starts_at": ""})
    assert claimed(timezone.now()) == ["withdrawn"]


def test_news_written_after_a_reminder_does_not_swallow_it(make_session, person, now):
    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    Notice.objects.update(state="sent")
    moment = days_before(session.starts_at, 7, session.time_zone)
    reminders.owe(moment)
    Notice.objects.owe(Notice.Kind.PROMOTED, registration, {})
    assert sorted(claimed(moment)) == ["promoted", "reminder"]


def test_news_still_supersedes_older_news(make_session, person, now):
    registration = Registration.objects.register(person, make_session(), now=now)
    registration.withdraw(by=person, now=now)
    assert claimed(timezone.now()) == ["withdrawn"]


def test_each_prompt_and_offer_has_its_question_and_news_has_none(person):
    assert set(QUESTIONS) == {*KINDS, Notice.Kind.NOMINATED, Notice.Kind.DATED}
    assert is_still_true(Notice(kind=Notice.Kind.WITHDRAWN), timezone.now())


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
