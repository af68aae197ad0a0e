"""Certificates are issued by themselves, keep what they say, and end when attendance is corrected."""

from decimal import Decimal

import pytest

from accounts.models import Person
from catalog.models import Program, Workshop
from outcomes.attended import sheet_of
from outcomes.certificates.issuing import add_credit
from outcomes.models import Attendance, Certificate, CreditKind, CreditOffer
from outcomes.signals import certificate_issued, certificate_revoked, evaluation_answered
from registrations.models import PriorAttendance

HERE, ABSENT = Attendance.State.HERE, Attendance.State.ABSENT


@pytest.fixture
def certificates_told():
    """What was said by signal, in order: issued, replaced or revoked, and the code."""
    said = []

    def issued(sender, certificate, replaces, **kwargs):
        said.append(("replaced" if replaces else "issued", certificate.code))

    def revoked(sender, certificate, **kwargs):
        said.append(("revoked", certificate.code))

    certificate_issued.connect(issued)
    certificate_revoked.connect(revoked)
    yield said
    certificate_issued.disconnect(issued)
    certificate_revoked.disconnect(revoked)


@pytest.fixture
def close(office):
    def close(session):
        for meeting in session.meetings.all():
            sheet_of(meeting).close(by=office)

    return close


@pytest.fixture
def say(office):
    """say(session, person, state) corrects the last meeting of `session`."""

    def say(session, person, state):
        registration = session.registrations.get(person=person)
        Attendance.objects.mark(session.meetings.last(), registration, state, "correction", office)

    return say


@pytest.fixture
def worth_of_certificates(workshop):
    kind = CreditKind.objects.create(name="Implicit-bias hours", statement="Counts in this state.")
    return CreditOffer.objects.create(workshop=workshop, kind=kind, hours=Decimal("1.5"))


def test_people_who_were_there_throughout_are_certified_as_the_list_closes(hold, close, certificates_told):
    session = hold(6, here=4)
    assert not Certificate.objects.exists()
    close(session)
    here = session.registrations.order_by("position")[:4]
    assert {one.person for one in Certificate.objects.all()} == {one.person for one in here}
    assert [what for what, _ in certificates_told] == ["issued"] * 4


def test_nobody_is_certified_before_the_last_list_is_closed(hold, office):
    session = hold(6, meetings=2, here=6)
    sheet_of(session.meetings.first()).close(by=office)
    assert not Certificate.objects.exists()
    sheet_of(session.meetings.last()).close(by=office)
    assert Certificate.objects.count() == 6


def test_people_who_were_at_some_of_the_meetings_are_not_certified(hold, close, say, person):
    session = hold(5, meetings=2, persons=[person], here=1)
    say(session, person, ABSENT)
    close(session)
    assert not Certificate.objects.exists()


def test_a_walk_in_with_an_account_is_certified(hold, close, person, office, now):
    session = hold(6)
    said = {"state": HERE, "source": "check_in", "said_by": office, "said_at": now}
    Attendance.objects.create(meeting=session.meetings.get(), person=person, **said)
    close(session)
    assert Certificate.objects.get().person == person


def test_a_certificate_keeps_the_words_of_its_day(hold, close, worth_of_certificates, person, settings):
    session = hold(5, persons=[person], here=1)
    close(session)
    Person.objects.filter(pk=person.pk).update(name="Somebody Else")
    type(session.workshop).objects.update(title="Something else")
    CreditKind.objects.update(name="Other", statement="Other.")
    CreditOffer.objects.update(hours=9)
    settings.OFFICE_NAME = "Another office"
    certificate = Certificate.objects.get()
    assert (certificate.name, certificate.title) == (person.name, session.workshop.title)
    assert (certificate.minutes, certificate.office) != (None, "Another office")
    [credit] = certificate.credits.all()
    assert (credit.name, credit.statement, credit.hours) == ("Implicit-bias hours", "Counts in this state.", 1.5)


def test_a_correction_revokes_and_a_second_one_issues_with_a_new_code(hold, close, say, person, certificates_told):
    session = hold(5, persons=[person], here=1)
    close(session)
    first = Certificate.objects.get()
    say(session, person, ABSENT)
    first.refresh_from_db()
    assert (first.is_valid, first.revoke_reason) == (False, "Attendance was corrected.")
    say(session, person, HERE)
    second = Certificate.objects.valid().get()
    assert second.code != first.code
    assert certificates_told == [("issued", first.code), ("revoked", first.code), ("issued", second.code)]


def test_a_correction_of_an_open_list_certifies_nobody(hold, say, person):
    session = hold(5, persons=[person])
    say(session, person, HERE)
    assert not Certificate.objects.exists()


def test_a_late_tick_certifies_once_the_list_is_closed(hold, close, say, person):
    session = hold(5, persons=[person])
    close(session)
    say(session, person, HERE)
    say(session, person, HERE)
    assert Certificate.objects.get().person == person


def test_closing_again_changes_nothing(hold, close, certificates_told):
    session = hold(6, here=2)
    close(session)
    close(session)
    assert (Certificate.objects.count(), len(certificates_told)) == (2, 2)


def test_a_press_that_is_rolled_back_certifies_nobody(hold, office, monkeypatch):
    session = hold(6, here=6)

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("outcomes.models.certificate.Certificate._put_down", fail)
    with pytest.raises(RuntimeError):
        sheet_of(session.meetings.get()).close(by=office)
    assert not Certificate.objects.exists()
    assert sheet_of(session.meetings.get()).closed_at is None


# ---- issuing again ----


def test_it_is_issued_again_with_another_name(hold, close, worth_of_certificates, person, certificates_told):
    session = hold(5, persons=[person], here=1)
    close(session)
    old = Certificate.objects.get()
    new = old.replace(by=person, name="A. Nother, MD")
    old.refresh_from_db()
    assert (old.is_valid, old.is_replaced, old.state_words, old.replaced_by) == (False, True, "Replaced", new)
    assert (new.name, new.title, new.minutes) == ("A. Nother, MD", old.title, old.minutes)
    assert [str(one) for one in new.credits.all()] == [str(one) for one in old.credits.all()] != []
    assert certificates_told[-1] == ("replaced", new.code)


def test_the_same_name_again_changes_nothing(hold, close, person):
    session = hold(5, persons=[person], here=1)
    close(session)
    old = Certificate.objects.get()
    assert old.replace(by=person, name=old.name) == old
    assert old.is_valid


def test_one_that_was_revoked_is_not_issued_again(hold, close, person, office):
    session = hold(5, persons=[person], here=1)
    close(session)
    certificate = Certificate.objects.get()
    certificate.revoke("A mistake.", by=office)
    with pytest.raises(Certificate.NotValid):
        certificate.replace(by=person, name="Somebody")
    assert Certificate.objects.count() == 1


def test_credit_that_waited_for_the_evaluation_is_added(hold, close, worth_of_certificates, person, monkeypatch, now):
    CreditOffer.objects.update(needs_evaluation=True)
    answered = set()
    monkeypatch.setattr("outcomes.credit.answered_among", lambda pairs: answered)
    session = hold(5, persons=[person], here=1)
    close(session)
    assert not Certificate.objects.get().credits.exists()
    add_credit(person, session, now)
    assert Certificate.objects.count() == 1
    answered.add((person.pk, session.pk))
    for _ in range(2):
        evaluation_answered.send(Attendance, session=session, person=person)
    assert [one.hours for one in Certificate.objects.valid().get().credits.all()] == [1.5]
    assert Certificate.objects.count() == 2


# ---- programs ----


@pytest.fixture
def certified_program(workshop):
    made = Program.objects.create(title="Foundations", slug="foundations", status="published", rule=Program.Rule.ALL)
    made.entries.create(workshop=workshop)
    return made


def test_a_program_that_is_completed_is_certified(hold, close, person, certified_program, workshop):
    session = hold(5, persons=[person], here=1)
    close(session)
    certificate = Certificate.objects.get(program=certified_program, person=person)
    assert (certificate.title, certificate.minutes) == ("Foundations", 90)
    assert certificate.contents.startswith(workshop.title)


@pytest.fixture
def next_workshop():
    return Workshop.objects.create(title="Allyship", slug="allyship", status=Workshop.Status.PUBLISHED)


def test_a_correction_that_undoes_a_program_revokes_its_certificate(
    hold, close, say, person, certified_program, next_workshop, office
):
    certified_program.entries.create(workshop=next_workshop)
    elsewhere = PriorAttendance.objects.create(person=person, workshop=next_workshop)
    session = hold(5, persons=[person], here=1)
    close(session)
    certificate = Certificate.objects.get(program=certified_program)
    elsewhere.delete()
    say(session, person, ABSENT)
    certificate.refresh_from_db()
    assert not certificate.is_valid


def test_a_program_is_not_certified_before_it_is_completed(hold, close, person, certified_program, next_workshop):
    certified_program.entries.create(workshop=next_workshop)
    close(hold(5, persons=[person], here=1))
    assert not Certificate.objects.filter(program=certified_program).exists()
    close(hold(5, persons=[person], here=1, days_ago=3, workshop=next_workshop))
    certificate = Certificate.objects.get(program=certified_program)
    assert (certificate.person, certificate.minutes) == (person, 180)
    assert len(certificate.contents.splitlines()) == 2


def test_a_program_without_a_rule_is_not_certified(hold, close, person, certified_program):
    Program.objects.update(rule=Program.Rule.NONE)
    close(hold(5, persons=[person], here=1))
    assert not Certificate.objects.filter(program=certified_program).exists()


def test_the_last_workshop_taken_elsewhere_completes_a_program_at_once(
    hold, close, client, office, person, certified_program, next_workshop
):
    certified_program.entries.create(workshop=next_workshop)
    close(hold(5, persons=[person], here=1))
    client.force_login(office)
    typed = {"email": person.email, "workshop": next_workshop.pk, "note": "At Northside"}
    assert client.post("/admin/registrations/priorattendance/add/", typed).status_code == 302
    certificate = Certificate.objects.get(program=certified_program)
    assert certificate.is_valid and certificate.contents.splitlines()[1] == "Allyship"
    elsewhere = f"/admin/registrations/priorattendance/{PriorAttendance.objects.get().pk}/delete/"
    assert client.post(elsewhere, {"post": "yes"}).status_code == 302
    certificate.refresh_from_db()
    assert (certificate.is_valid, certificate.revoke_reason) == (False, "The program is not complete any more.")
    assert not PriorAttendance.objects.exists()


def test_a_program_taken_elsewhere_altogether_is_certified_without_any_attendance(person, certified_program, workshop):
    PriorAttendance(person=person, workshop=workshop).put_down()
    assert Certificate.objects.get(program=certified_program).person == person
