"""What the office decided is mailed: of attendance that was called wrong, and of an activity elsewhere."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Person
from devtools.testing.library import PDF
from devtools.testing.mail_reader import read_mail
from foundation.files.uploads import Upload
from notifications.models import Notice
from notifications.outbox.claim import claim
from notifications.outbox.compose import write_mail
from outcomes.models import Attendance, AttendanceDispute, OutsideActivity
from outcomes.models.outside import Told

pytestmark = pytest.mark.django_db


@pytest.fixture
def called_wrong(hold, office):
    """What a person with a seat says of a session that they are said to have missed."""
    seat = hold(1).registrations.select_related("person", "session").get()
    Attendance.objects.mark(seat.session.meetings.get(), seat, "absent", "roster", by=office)
    return AttendanceDispute.objects.make(seat, "I sat by the window.")


@pytest.fixture
def told_of(person, now):
    """An activity elsewhere that waits for the office."""
    told = Told("Cultural humility", date(2026, 5, 14), Decimal("1.5"), "A society")
    return OutsideActivity.objects.tell(person, told, Upload("pdf", "application/pdf", PDF), now=now)


def mail(kind: str):
    return read_mail(write_mail(Notice.objects.get(kind=kind)))


@pytest.mark.parametrize(
    ("state", "words", "stands"),
    [("here", "we have corrected it.", "Attended"), ("absent", "left it as it is.", "We have you as absent")],
)
def test_what_was_decided_is_mailed_once(called_wrong, office, settings, state, words, stands):
    seat = called_wrong.registration
    for _ in range(2):
        called_wrong.decide(office, {seat.session.meetings.get().pk: state}, "The list was <short>.")
    assert Notice.objects.get(kind="attendance_decided").to == seat.person.email
    said = mail("attendance_decided")
    assert said.subject.startswith(f"About your attendance: {seat.session.workshop.title}")
    for body in said.bodies:
        assert words in body and stands in body and "The list was <short>." in body
    assert f"Your registration: {settings.SITE_URL}{seat.get_absolute_url()}" in said.text


def test_whether_it_counts_is_mailed(told_of, office, settings):
    told_of.approve(office, "Thank you.")
    told_of.approve(office, "Thank you.")
    said = mail("outside_answered")
    assert said.subject == "About what you took elsewhere: Cultural humility"
    for body in said.bodies:
        assert "it counts in your record." in body and "Thank you." in body and "1.5 hours" in body
    assert f"{settings.SITE_URL}{told_of.get_absolute_url()}" in said.text


def test_another_answer_is_another_mail_and_only_the_last_goes_out(told_of, office, now):
    told_of.decline(office, "The file shows another name.")
    told_of.approve(office)
    first, second = Notice.objects.filter(kind="outside_answered").order_by("pk")
    Notice.objects.exclude(kind="outside_answered").delete()
    assert claim(second.created_at) == second
    first.refresh_from_db()
    assert first.state == "expired"


def test_what_is_withdrawn_by_then_is_not_mailed(told_of, office):
    told_of.decline(office, "The file shows another name.")
    notice = Notice.objects.get(kind="outside_answered")
    told_of.withdraw()
    assert claim(notice.created_at) is None


def test_people_whose_account_is_off_are_not_told(called_wrong, told_of, office):
    Person.objects.exclude(pk=office.pk).update(is_active=False)
    called_wrong.decide(office, {})
    told_of.approve(office)
    assert not Notice.objects.filter(kind__in=["attendance_decided", "outside_answered"]).exists()
