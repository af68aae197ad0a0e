"""What is forgotten, and when: before its time nothing, at its time names, and counts never."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry

from foundation.files.uploads import Upload
from outcomes import retention
from outcomes.models import (
    Attendance,
    AttendanceTally,
    Certificate,
    Consent,
    CreditKind,
    CreditOffer,
    OutsideActivity,
    OutsideProof,
)
from outcomes.models.outside import Told

NOW = datetime(2026, 11, 3, 18, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.now(NOW)]


@pytest.fixture
def held_long_ago(hold, office, now):
    """A session of two meetings that ended a day ago: two were there, one of them once; one absent; one walked in."""
    session = hold(4, meetings=2, here=2)
    first, second = session.meetings.all()
    seats = list(session.registrations.order_by("position"))
    Attendance.objects.get(meeting=second, registration=seats[1]).say("absent", "roster", office, now=now)
    for meeting in (first, second):
        Attendance.objects.mark(meeting, seats[2], "absent", "roster", by=office, now=now)
    for meeting in (first, second):
        Attendance.objects.create(
            meeting=meeting, name="Guest", state="here", source="check_in", said_by=office, said_at=now
        )
    return session


def years_on(session, years: int) -> datetime:
    return session.ends_at.replace(year=session.ends_at.year + years)


def test_before_three_years_nothing_is_forgotten(held_long_ago):
    retention.forget_attendance(years_on(held_long_ago, 3) - timedelta(seconds=1))
    assert Attendance.objects.count() == 8 and not AttendanceTally.objects.exists()


def test_after_three_years_counts_alone_are_left(held_long_ago):
    assert LogEntry.objects.filter(change_message__startswith="Attendance").exists()
    retention.forget_attendance(years_on(held_long_ago, 3))
    tally = AttendanceTally.objects.get()
    assert (tally.session, tally.here, tally.absent, tally.walked_in) == (held_long_ago, 3, 1, 1)
    assert not Attendance.objects.exists()
    assert not LogEntry.objects.filter(change_message__startswith="Attendance").exists()


def test_forgetting_again_changes_no_count(held_long_ago):
    for _ in range(2):
        retention.forget_attendance(years_on(held_long_ago, 3))
    assert AttendanceTally.objects.get().here == 3


def test_what_credit_rests_on_is_kept_as_long_as_credit(held_long_ago, workshop):
    kind = CreditKind.objects.create(name="DEI hours")
    CreditOffer.objects.create(workshop=workshop, kind=kind, hours=1)
    retention.forget_attendance(years_on(held_long_ago, 6) - timedelta(seconds=1))
    assert Attendance.objects.count() == 8
    retention.forget_attendance(years_on(held_long_ago, 6))
    assert not Attendance.objects.exists() and AttendanceTally.objects.get().here == 3


def test_the_years_are_the_offices_to_set(held_long_ago, settings):
    settings.ATTENDANCE_YEARS = 1
    retention.forget_attendance(years_on(held_long_ago, 1))
    assert not Attendance.objects.exists()


def test_one_session_in_trouble_holds_up_no_other(held_long_ago, hold, monkeypatch):
    other = hold(2, here=2)
    forget = retention.forget_session

    def fail(session, now):
        if session == held_long_ago:
            raise RuntimeError("no")
        return forget(session, now)

    monkeypatch.setattr(retention, "forget_session", fail)
    retention.forget_attendance(years_on(held_long_ago, 4))
    assert [tally.session for tally in AttendanceTally.objects.all()] == [other]


def test_certificates_lose_their_name_after_six_years_and_stay_counted(person, workshop, make_session):
    session = make_session()
    facts = {"title": "T", "day": date(2020, 11, 3), "days": "D", "office": "O", "institution": "I", "issued_at": NOW}
    Certificate.objects.create(person=person, session=session, name="Person 1", **facts)
    LogEntry.objects.all().delete()
    assert retention.forget_certificates(NOW - timedelta(days=1)) == 0
    assert retention.forget_certificates(NOW) == 1
    one = Certificate.objects.get()
    assert (one.person, one.name, one.title) == (None, "", "T")
    assert retention.forget_certificates(NOW) == 0


def test_what_was_taken_elsewhere_goes_with_its_proof(person):
    told = Told("Elsewhere", date(2020, 11, 3), Decimal(1), "A society")
    OutsideActivity.objects.tell(person, told, Upload("pdf", "application/pdf", b"%PDF"), now=NOW)
    assert retention.forget_outside(NOW - timedelta(days=1)) == 0
    assert retention.forget_outside(NOW) == 1
    assert not OutsideProof.objects.exists()


def test_a_consent_that_stands_is_kept(person, people):
    standing = Consent.objects.give(person, "hr", now=datetime(2015, 1, 1, tzinfo=UTC))
    gone = Consent.objects.give(person, "ce", now=datetime(2015, 1, 1, tzinfo=UTC))
    gone.revoke(now=datetime(2020, 11, 3, 18, tzinfo=UTC))
    assert retention.forget_consents(NOW - timedelta(days=1)) == 0
    assert retention.forget_consents(NOW) == 1
    assert list(Consent.objects.all()) == [standing]


def test_a_day_that_no_year_has_is_the_last_of_february():
    leap = datetime(2028, 2, 29, 9, tzinfo=UTC)
    assert retention.years_before(leap, 3) == datetime(2025, 2, 28, 9, tzinfo=UTC)
