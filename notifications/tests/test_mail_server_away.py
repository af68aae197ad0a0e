"""A mail server that is back is noticed within a minute, and what waited because of it goes at once (G7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import MailQueue, Notice
from notifications.outbox.deliver import BACKOFF, GIVE_UP_AFTER, drain
from notifications.tasks import deliver_due, deliver_soon
from registrations.models import Registration

pytestmark = pytest.mark.django_db
NOWHERE = 1  # a port at which nothing answers


@pytest.fixture
def four(make_session, people, smtp_sink, now):
    """Four people who have just registered: four Notices that nobody has sent."""
    session = make_session()
    for person in people(4):
        Registration.objects.register(person, session, now=now)
    return list(Notice.objects.order_by("pk"))


@pytest.fixture
def away(settings, smtp_sink):
    """The mail server is away until `back()`."""
    settings.EMAIL_PORT = NOWHERE

    def back() -> None:
        settings.EMAIL_PORT = smtp_sink.port

    return back


def rest_over() -> None:
    """Let half a minute pass since the last try."""
    MailQueue.objects.update(paused_until=timezone.now())


def test_an_outage_costs_no_attempt_however_long_it_is(four, away):
    before = list(Notice.objects.order_by("pk").values_list("next_attempt_at", flat=True))
    for _ in range(24):
        deliver_due()
        rest_over()
        deliver_soon()
    waiting = Notice.objects.order_by("pk").values_list("state", "attempts", "next_attempt_at", "text")
    assert list(waiting) == [("queued", 0, at, "") for at in before]


def test_the_first_sweep_after_an_outage_sends_all_that_waited(four, away, smtp_sink):
    for _ in range(24):
        deliver_due()
    away()
    deliver_due()
    assert len(smtp_sink.received) == 4
    queue = MailQueue.load()
    assert (queue.away_since, queue.paused_until, queue.problem) == (None, None, "")


def test_a_mail_server_is_noticed_although_nothing_is_due(four, away):
    drain()
    Notice.objects.update(next_attempt_at=timezone.now() + timedelta(hours=1))
    away()
    deliver_due()
    assert not MailQueue.load().is_shut_out


def test_wake_ups_ask_twice_a_minute_and_the_sweep_always(four, away, smtp_sink):
    deliver_soon()
    away()
    deliver_soon()
    assert smtp_sink.received == []
    deliver_due()
    assert len(smtp_sink.received) == 4


def test_a_wake_up_after_half_a_minute_asks(four, away, smtp_sink):
    deliver_soon()
    away()
    rest_over()
    deliver_soon()
    assert len(smtp_sink.received) == 4


def test_what_broke_as_the_server_went_goes_at_once_when_it_is_back(four, away, settings, smtp_sink):
    away()
    smtp_sink.drops = 2
    drain()
    broken = Notice.objects.filter(state="queued")
    assert list(broken.values_list("attempts", flat=True)) == [1, 1]
    assert all(notice.problem.startswith("The connection broke: ") for notice in broken)
    assert not broken.filter(next_attempt_at__lte=timezone.now()).exists()
    settings.EMAIL_PORT = NOWHERE
    Notice.objects.filter(pk=broken[0].pk).update(next_attempt_at=timezone.now())
    deliver_due()
    away()
    deliver_due()
    assert not Notice.objects.exclude(state="sent").exists()


def test_what_one_mailbox_put_off_waits_for_its_own_time(four, away, settings, smtp_sink):
    away()
    smtp_sink.deferred.add(four[0].to)
    drain()
    put_off = Notice.objects.get(state="queued")
    settings.EMAIL_PORT = NOWHERE
    Notice.objects.filter(pk=four[1].pk).update(state="queued", next_attempt_at=timezone.now())
    drain()
    assert MailQueue.load().is_shut_out
    away()
    deliver_due()
    assert list(Notice.objects.filter(state="queued").values_list("pk", "next_attempt_at")) == [
        (put_off.pk, put_off.next_attempt_at)
    ]


def test_a_mail_that_breaks_every_connection_is_not_hurried(four, smtp_sink):
    smtp_sink.drops = 1
    drain()
    (poison,) = Notice.objects.filter(state="queued")
    drain()
    assert Notice.objects.get(pk=poison.pk).next_attempt_at == poison.next_attempt_at > timezone.now()
    assert not MailQueue.load().is_shut_out


def test_four_days_without_a_mail_server_leave_all_tries(four, away, smtp_sink):
    drain()
    Notice.objects.update(created_at=timezone.now() - GIVE_UP_AFTER - timedelta(days=1))
    away()
    smtp_sink.deferred.update(notice.to for notice in four)
    deliver_due()
    assert set(Notice.objects.values_list("state", "attempts")) == {("queued", 1)}
    Notice.objects.update(attempts=len(BACKOFF), next_attempt_at=timezone.now())
    deliver_due()
    assert set(Notice.objects.values_list("state", flat=True)) == {"dead"}


def test_mail_that_waits_for_the_server_is_said_after_five_minutes(four, away, now):
    drain()
    assert not MailQueue.load().is_away(now + timedelta(minutes=4))
    assert MailQueue.load().is_away(now + timedelta(minutes=6))
    Notice.objects.update(state="expired")
    assert not MailQueue.load().is_away(now + timedelta(minutes=6))
