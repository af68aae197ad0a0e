"""Two beats at the same instant owe nothing twice and stand in nobody's way."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from notifications.kinds import at_risk, decisions
from notifications.models import Notice
from registrations.models import Registration

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def owe_beside_another_beat(owe, now) -> None:
    """Let another beat owe what is due at `now` while this one has written it and not committed yet."""
    problems = []

    def other_beat():
        try:
            owe(now)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    other = threading.Thread(target=other_beat)
    with transaction.atomic():
        owe(now)
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(10)
    assert not other.is_alive() and problems == []


def test_a_digest_is_written_once(settings):
    seven = datetime.combine(datetime(2028, 2, 29), decisions.AT, ZoneInfo(settings.TIME_ZONE))
    owe_beside_another_beat(decisions.owe_digest, seven)
    assert Notice.objects.filter(kind="digest").count() == 1


def test_a_call_for_people_is_written_once_each(make_session, people, now, caplog):
    session = make_session()
    for person in people(4):
        Registration.objects.register(person, session, now=now)
    owe_beside_another_beat(at_risk.owe, session.confirm_by - timedelta(days=3))
    assert Notice.objects.filter(kind="at_risk").count() == 4
    assert "was not written" not in caplog.text
