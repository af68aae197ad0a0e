"""Certificates in mail: with the mail after the session, or in one of their own; and when one is revoked."""

from datetime import timedelta

import pytest

from devtools.testing.in_time import sweep_and_send
from devtools.testing.mail_reader import read_mail
from notifications.kinds import KINDS
from notifications.models import Notice
from notifications.outbox.claim import claim
from notifications.outbox.compose import write_mail
from notifications.outbox.preview import preview
from outcomes.attended import sheet_of
from outcomes.models import Attendance, Certificate, CreditKind

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=11)


def kinds_of(person) -> list[str]:
    kinds = ["afterwards", "certificate", "certificate_revoked"]
    return list(Notice.objects.filter(person=person, kind__in=kinds).order_by("pk").values_list("kind", flat=True))


def say(session, registration, state, by) -> None:
    for meeting in session.meetings.all():
        Attendance.objects.mark(meeting, registration, state, "correction", by=by)


@pytest.fixture
def certified_seat(hold):
    """The seat of one person in a session that was held, who was there; the list is closed."""
    return hold(1, here=1, closed=True).registrations.select_related("person", "session").get()


@pytest.fixture
def told(certified_seat):
    """The same, and the mail after the session has gone out."""
    sweep_and_send(certified_seat.session.ends_at)
    return certified_seat


def test_the_mail_after_the_session_has_the_certificate(certified_seat, settings, workshop):
    workshop.credit_offers.create(kind=CreditKind.objects.create(name="DEI hours"), hours="1.5")
    sweep_and_send(certified_seat.session.ends_at)
    mail = read_mail(Notice.objects.get(kind="afterwards"))
    certificate = Certificate.objects.get()
    assert f"Your certificate: {settings.SITE_URL}/certificates/{certificate.code}/" in mail.text
    assert mail.page.link("Your certificate") == f"{settings.SITE_URL}/certificates/{certificate.code}/"
    assert "1.5 hours: DEI hours" in mail.text and "1.5 hours: DEI hours" in mail.page.text
    assert kinds_of(certified_seat.person) == ["afterwards"]


def test_the_mail_asks_how_it_was(told, settings):
    mail = read_mail(Notice.objects.get(kind="afterwards"))
    assert mail.page.link("Say how it was").startswith(f"{settings.SITE_URL}/evaluations/")
    assert "How was it? Your answers are not linked to your name." in mail.text


def test_credit_that_waits_for_the_evaluation_is_named_beside_it(certified_seat, workshop):
    kind = CreditKind.objects.create(name="State hours")
    workshop.credit_offers.create(kind=kind, hours="1", needs_evaluation=True)
    sweep_and_send(certified_seat.session.ends_at)
    words = "How was it? Your answers are not linked to your name, and with them this counts: 1 hours: State hours."
    assert all(words in body for body in read_mail(Notice.objects.get(kind="afterwards")).bodies)


def test_who_is_absent_is_neither_certified_nor_asked(hold, office):
    session = hold(1)
    say(session, session.registrations.get(), "absent", office)
    sheet_of(session.meetings.get()).close(by=office)
    sweep_and_send(session.ends_at)
    text = read_mail(Notice.objects.get(kind="afterwards")).text
    assert "/certificates/" not in text and "/evaluations/" not in text


def test_a_certificate_after_the_mail_has_one_of_its_own(hold, office, settings, now):
    session = hold(1, days_ago=2)
    one = session.registrations.select_related("person").get()
    sweep_and_send(now)
    say(session, one, "here", office)
    sheet_of(session.meetings.get()).close(by=office)
    certificate = Certificate.objects.get()
    assert kinds_of(one.person) == ["afterwards", "certificate"]
    mail = read_mail(write_mail(Notice.objects.get(kind="certificate")))
    assert mail.subject == "Your certificate: Bystander Interventions"
    assert mail.page.link("Your certificate") == f"{settings.SITE_URL}/certificates/{certificate.code}/"


def test_a_session_of_long_ago_tells_of_its_certificates(hold, office):
    session = hold(1, days_ago=40, here=1)
    sheet_of(session.meetings.get()).close(by=office)
    assert kinds_of(session.registrations.get().person) == ["certificate"]


def test_a_revoked_one_is_told_of_after_ten_minutes(told, office, now):
    say(told.session, told, "absent", office)
    assert kinds_of(told.person) == ["afterwards", "certificate_revoked"]
    assert claim(now + timedelta(minutes=5)) is None
    assert claim(now + LATER).kind == "certificate_revoked"
    mail = read_mail(write_mail(Notice.objects.get(kind="certificate_revoked")))
    words = "Your certificate is not valid any more. Attendance was corrected. If that is wrong, tell us."
    assert all(words in body for body in mail.bodies)
    assert told.get_absolute_url() in mail.page.link("Tell us")


def test_a_slip_that_is_set_right_is_one_mail_with_the_new_certificate(told, office, now):
    say(told.session, told, "absent", office)
    say(told.session, told, "here", office)
    assert claim(now + LATER).kind == "certificate"
    assert claim(now + LATER) is None
    assert Notice.objects.get(kind="certificate_revoked").state == "expired"


def test_one_that_was_never_told_of_is_revoked_in_silence(certified_seat, office):
    say(certified_seat.session, certified_seat, "absent", office)
    assert kinds_of(certified_seat.person) == []
    sweep_and_send(certified_seat.session.ends_at)
    assert "/certificates/" not in read_mail(Notice.objects.get(kind="afterwards")).text


def test_a_certificate_that_is_revoked_while_its_mail_waits_is_not_told_of(hold, office, now):
    session = hold(1, days_ago=40, here=1)
    sheet_of(session.meetings.get()).close(by=office)
    Certificate.objects.get().revoke("A mistake.", by=office)
    assert claim(now + LATER).kind == "certificate_revoked"
    assert Notice.objects.get(kind="certificate").state == "expired"


@pytest.mark.parametrize("kind", ["certificate", "certificate_revoked"])
def test_the_office_sees_each_before_it_goes(hold, office, kind):
    assert "Bystander Interventions" in preview(KINDS[kind], office, hold(1)).subject
