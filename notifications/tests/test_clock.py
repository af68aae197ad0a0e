"""Workers go by one clock, the database's: one that is an hour off takes nothing from another and delays nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from foundation import database_clock
from notifications.outbox.claim import LEASE, claim
from notifications.outbox.deliver import drain

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
HOUR = timedelta(hours=1)


def test_a_worker_an_hour_ahead_leaves_alone_what_another_is_sending(notice, smtp_sink, set_clock):
    held = claim(timezone.now())
    set_clock(HOUR)
    assert (drain(), smtp_sink.received) == (0, [])
    notice.refresh_from_db()
    assert (notice.state, notice.token) == ("sending", held.token)


def test_a_worker_an_hour_behind_sends_what_is_due(notice, smtp_sink, set_clock):
    set_clock(-HOUR)
    assert (drain(), len(smtp_sink.received)) == (1, 1)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_worker_with_a_wrong_clock_tries_again_in_time(notice, smtp_sink, set_clock, hours):
    smtp_sink.busy, asked_at = 1, timezone.now()
    set_clock(hours * HOUR)
    drain()
    notice.refresh_from_db()
    assert timedelta(seconds=45) < notice.next_attempt_at - asked_at < timedelta(seconds=90)


def test_a_worker_an_hour_behind_holds_what_it_sends(notice, smtp_sink, set_clock, now):
    set_clock(-HOUR)
    claimed = claim(database_clock.now())
    assert claimed.lease_until > now + LEASE - timedelta(seconds=30)
