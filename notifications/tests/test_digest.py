"""One digest a morning with all decisions due, and none on a day without any."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from devtools.testing.in_time import send
from devtools.testing.mail_reader import read_mail
from notifications.kinds import decisions
from notifications.models import Notice, Wording
from notifications.outbox.compose import write_mail
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(make_session, people, now, settings):
    """A session of four of six, and seven in the morning of the day before its decision."""
    session = make_session()
    for person in people(4):
        Registration.objects.register(person, session, now=now)
    day = session.confirm_by.astimezone(ZoneInfo(settings.TIME_ZONE)).date() - timedelta(days=1)
    return session, datetime.combine(day, decisions.AT, ZoneInfo(settings.TIME_ZONE))


def sent(now) -> list[tuple[str, str]]:
    decisions.owe_digest(now)
    decisions.owe_digest(now)
    return [(kind, to) for kind, to in send(now) if kind == "digest"]


def test_it_comes_in_the_morning_once_a_day(due, settings):
    session, seven = due
    assert sent(seven - timedelta(seconds=1)) == []
    assert sent(seven) == [("digest", settings.OFFICE_EMAIL)]
    assert sent(seven + timedelta(hours=3)) == []
    assert len(sent(seven + timedelta(days=1))) == 1


def test_a_day_with_nothing_due_has_none(due):
    session, seven = due
    assert sent(seven - timedelta(days=5)) == []
    # Not at noon either, when something becomes due: tomorrow is early enough.
    Session.objects.filter(pk=session.pk).update(confirm_by=seven - timedelta(days=4))
    assert sent(seven - timedelta(days=5) + timedelta(hours=5)) == []


def test_a_session_confirmed_before_it_is_sent_is_not_in_it(due, people, now):
    session, seven = due
    decisions.owe_digest(seven)
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    assert send(seven) == []


def test_yesterdays_digest_is_of_no_use_today(due):
    session, seven = due
    decisions.owe_digest(seven)
    assert len(sent(seven + timedelta(days=1))) == 1
    assert list(Notice.objects.filter(kind="digest").order_by("pk").values_list("state", flat=True)) == [
        "expired",
        "sent",
    ]


def test_it_names_each_session_with_numbers_date_and_answers(make_session, people, now):
    session = make_session()
    for person in people(4):
        Registration.objects.register(person, session, now=now)
    Session.objects.filter(pk=session.pk).update(confirm_by=now + timedelta(days=1))
    asked = make_session(days=15, at_deadline=Session.AtDeadline.ASK, minimum=3)
    Session.objects.filter(pk=asked.pk).update(confirm_by=now)
    asked.settle(now=now)
    make_session(days=40)
    notice = Notice.objects.create(kind="digest", to="office@example.edu", dedupe_key="digest:now::")
    mail = write_mail(notice)
    assert mail["subject"] == "Decisions due: 2"
    for each, count in ((session, "4 of 6"), (asked, "0 of 3")):
        assert count in mail["text"]
        for page in ("run-anyway", "extend", "cancel"):
            path = f"/admin/sessions_app/session/{each.pk}/{page}/"
            assert all(path in body for body in read_mail(mail).bodies)
    assert "You were asked. Without an answer by" in mail["text"]
    assert "if it is still short then." in mail["text"]
    assert not any("person1" in body for body in read_mail(mail).bodies)


def test_the_office_may_word_it_and_what_is_due_stands_below(due, now):
    session, _ = due
    Session.objects.filter(pk=session.pk).update(confirm_by=now + timedelta(days=1))
    own = Wording(kind="digest", subject="{decisions_due} to decide", words="Good morning. {standard_words}")
    own.full_clean()
    own.save()
    mail = write_mail(Notice.objects.create(kind="digest", to="office@example.edu", dedupe_key="digest:now::"))
    assert mail["subject"] == "1 to decide"
    assert "Good morning. One session is short of its minimum" in mail["text"]
    assert f"/admin/sessions_app/session/{session.pk}/cancel/" in mail["text"]


@pytest.mark.parametrize("field", ["subject", "words"])
def test_its_wording_names_no_one_session(db, field):
    with pytest.raises(ValidationError, match="There is no placeholder {title} here."):
        Wording(kind="digest", **{field: "About {title}"}).full_clean()


@pytest.mark.parametrize("day", [datetime(2028, 3, 12), datetime(2028, 11, 5), datetime(2028, 2, 29)])
def test_a_day_of_23_or_25_hours_has_one(db, day, settings):
    midnight = day.replace(tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(ZoneInfo("UTC"))
    for minutes in range(0, 26 * 60, 20):
        at = midnight + timedelta(minutes=minutes)
        if at.astimezone(ZoneInfo(settings.TIME_ZONE)).date() == day.date():
            decisions.owe_digest(at)
    assert Notice.objects.filter(kind="digest").count() == 1
