"""What the office does for people: registers them, lets them in, ends their place, and gives a seat beyond capacity."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction

from catalog.models import Workshop
from devtools.testing.mail_reader import read_mail
from notifications.outbox.compose import write_mail
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Mode, Session

pytestmark = pytest.mark.django_db
WHY = "Leads the team that asked for it."


@pytest.fixture
def full(make_session, people, now):
    """Two people with the two seats of a session, and two who wait."""
    session = make_session(minimum=1, capacity=2)
    return [Registration.objects.register(person, session, now=now) for person in people(4)]


def mail_to(registration, kind: str = "") -> str:
    """Return all that the latest mail to the person of a registration says; the latest of `kind` if one is named."""
    notices = registration.notices.filter(kind=kind) if kind else registration.notices
    return " ".join(read_mail(write_mail(notices.latest("pk"))).bodies)


def refreshed(*registrations) -> list[Registration]:
    for one in registrations:
        one.refresh_from_db()
    return list(registrations)


def standing(session) -> tuple[int, int, int]:
    session.refresh_from_db()
    return session.capacity, session.seats_taken, session.waiting_count


def on_record(registration) -> list[str]:
    entries = LogEntry.objects.filter(object_id=str(registration.pk), content_type__model="registration")
    return [entry.get_change_message() for entry in entries.order_by("pk")]


# ---- beyond capacity ----


def test_a_seat_beyond_capacity_is_one_more_and_passes_nobody(full, office, now):
    full[3].seat_beyond_capacity(by=office, reason=WHY, now=now)
    assert full[3].is_registered and standing(full[0].session) == (3, 3, 1)
    assert [one.person for one in full[0].session.registrations.waitlisted()] == [full[2].person]
    assert on_record(full[3]) == [f"Given a seat beyond capacity, which is 3 for it and was 2. {WHY}"]
    assert list(breaches(now)) == []


def test_a_seat_beyond_capacity_is_given_once(full, office, now):
    for _ in range(2):
        full[3].seat_beyond_capacity(by=office, reason=WHY, now=now)
    assert standing(full[0].session) == (3, 3, 1) and len(on_record(full[3])) == 1
    assert full[3].notices.filter(kind="promoted").count() == 1


def test_the_seat_goes_when_its_person_leaves(full, office, now):
    full[3].seat_beyond_capacity(by=office, reason=WHY, now=now)
    full[3].withdraw(by=full[3].person, now=now)
    assert standing(full[0].session) == (2, 2, 1)
    assert full[2].__class__.objects.get(pk=full[2].pk).is_waitlisted


def test_when_somebody_else_leaves_the_next_in_line_has_that_seat(full, office, now):
    full[3].seat_beyond_capacity(by=office, reason=WHY, now=now)
    full[0].withdraw(by=full[0].person, now=now)
    assert standing(full[0].session) == (3, 3, 0)


def test_a_capacity_the_office_sets_is_the_capacity(full, office, now):
    full[3].seat_beyond_capacity(by=office, reason=WHY, now=now)
    full[0].session.resize(1, 4, by=office)
    assert standing(full[0].session) == (4, 4, 0)
    full[3].withdraw(by=full[3].person, now=now)
    assert standing(full[0].session) == (4, 3, 0)


def test_the_capacity_never_goes_below_the_minimum(full, office, now):
    full[3].seat_beyond_capacity(by=office, reason=WHY, now=now)
    full[0].session.resize(3, 3, by=office)
    full[3].withdraw(by=full[3].person, now=now)
    assert standing(full[0].session) == (3, 3, 0)


def test_a_seat_beyond_capacity_is_of_its_mode_until_it_is_left(make_hybrid, people, office, now):
    session = make_hybrid(in_room=1, online=2)
    first, second = (Registration.objects.register(one, session, now=now, mode=Mode.ROOM) for one in people(2))
    second.seat_beyond_capacity(by=office, reason=WHY, now=now)
    session.refresh_from_db()
    assert (session.room_capacity, session.online_capacity, session.capacity) == (2, 2, 4)
    second.switch(Mode.ONLINE, by=second.person, now=now)
    session.refresh_from_db()
    assert (session.room_capacity, session.room_taken, session.online_taken, session.capacity) == (1, 1, 1, 3)
    assert not second.beyond_capacity and list(breaches(now)) == []


@pytest.mark.parametrize(
    "who, reason, error", [(3, " ", "ReasonMissing"), (0, WHY, None), (2, WHY, "NotEligible"), (1, WHY, "NotThere")]
)
def test_what_a_seat_beyond_capacity_needs(full, office, now, who, reason, error):
    full[2].person.is_active = False
    full[2].person.save(update_fields=["is_active"])
    if who == 1:
        full[1].withdraw(by=office, now=now)
    before = standing(full[0].session)
    if error is None:
        full[who].seat_beyond_capacity(by=office, reason=reason, now=now)
    else:
        with pytest.raises(getattr(Registration, error)):
            full[who].seat_beyond_capacity(by=office, reason=reason, now=now)
    assert standing(full[0].session) == before


def test_nobody_gets_a_seat_beyond_capacity_after_the_start(full, office):
    with pytest.raises(Registration.SessionOver):
        full[3].seat_beyond_capacity(by=office, reason=WHY, now=full[0].session.starts_at)


def test_the_database_refuses_a_seat_beyond_capacity_without_a_seat(full):
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=full[3].pk).update(beyond_capacity=True)


def test_the_mail_says_that_the_office_made_room(full, office, now):
    full[3].seat_beyond_capacity(by=office, reason=WHY, now=now)
    said = mail_to(full[3])
    assert "The office has made room for you beyond the seats there were, so you have one." in said
    assert WHY not in said


# ---- registered by the office ----


def test_the_office_registers_and_the_mail_says_so(make_session, person, office, now, settings):
    registration = Registration.objects.register_for_the_office(person, make_session(), by=office, now=now)
    said = mail_to(registration)
    assert f"{settings.OFFICE_NAME} registered you. If you do not want to come" in said
    assert "/withdrawal/" in said
    assert on_record(registration) == ["Registered by Office Person."]


def test_a_person_who_registers_is_not_told_that_the_office_did_it(make_session, person, now):
    assert "registered you" not in mail_to(Registration.objects.register(person, make_session(), now=now))


@pytest.fixture
def for_faculty(make_session, workshop):
    """A session of a workshop for faculty alone, in which nobody is yet."""
    fields = list(Workshop.AUDIENCE_FIELDS.values())
    for field in fields:
        setattr(workshop, field, field == Workshop.AUDIENCE_FIELDS["faculty"])
    workshop.save(update_fields=fields)
    return make_session(minimum=1)


def test_the_rules_about_people_hold_for_the_office_too(for_faculty, person, office, now):
    with pytest.raises(Registration.NotEligible):
        Registration.objects.register_for_the_office(person, for_faculty, by=office, now=now)
    assert not Registration.objects.exists()


def test_a_reason_lets_somebody_in_and_they_stay(for_faculty, person, office, now):
    registration = Registration.objects.register_for_the_office(
        person, for_faculty, by=office, now=now, overruling="Speaks at it."
    )
    assert registration.is_registered and registration.admitted
    (said,) = on_record(registration)
    assert said.startswith("Registered by Office Person, in spite of: “") and said.endswith("” Speaks at it.")
    registration.disqualify(now=now)
    assert refreshed(registration)[0].is_registered


def test_somebody_who_was_let_in_gets_the_next_seat_too(for_faculty, people, office, now):
    Session.objects.filter(pk=for_faculty.pk).update(capacity=1)
    first = Registration.objects.register_for_the_office(people(1, role="faculty")[0], for_faculty, by=office, now=now)
    let_in = Registration.objects.register_for_the_office(
        people(1)[0], for_faculty, by=office, now=now, overruling="Speaks at it."
    )
    assert let_in.is_waitlisted
    first.withdraw(by=first.person, now=now)
    assert refreshed(let_in)[0].is_registered


def test_no_reason_lets_in_an_account_that_is_switched_off(for_faculty, person, office, now):
    person.is_active = False
    person.save(update_fields=["is_active"])
    with pytest.raises(Registration.NotEligible):
        Registration.objects.register_for_the_office(person, for_faculty, by=office, now=now, overruling="Please.")


def test_a_reason_opens_registering_that_is_closed_but_no_session_that_has_begun(make_session, people, office, now):
    session = make_session()
    Session.objects.filter(pk=session.pk).update(registration_closes_at=now - timedelta(hours=1))
    session.refresh_from_db()
    with pytest.raises(Registration.RegistrationClosed):
        Registration.objects.register_for_the_office(people(1)[0], session, by=office, now=now)
    registration = Registration.objects.register_for_the_office(
        people(1)[0], session, by=office, now=now, overruling="Asked in time."
    )
    assert registration.is_registered
    with pytest.raises(Registration.SessionOver):
        Registration.objects.register_for_the_office(
            people(1)[0], session, by=office, now=session.starts_at, overruling="Came late."
        )


# ---- withdrawn by the office ----


def test_somebody_who_asked_the_office_has_left_by_themselves(full, office, now):
    full[0].withdraw_as_asked(by=office, now=now)
    assert full[0].gave_up and refreshed(full[2])[0].is_registered
    assert "The office has taken you out of" in mail_to(full[0], "withdrawn")
    assert on_record(full[0]) == ["Withdrawn by Office Person, as Person 1 asked."]


def test_a_place_that_the_office_ends_has_a_reason(full, office, now):
    with pytest.raises(Registration.ReasonMissing):
        full[0].withdraw_because(" ", by=office, now=now)
    full[0].withdraw_because("This date is for new colleagues", by=office, now=now)
    assert not full[0].gave_up
    assert "They write: This date is for new colleagues." in mail_to(full[0], "withdrawn")
    assert on_record(full[0]) == ["Withdrawn by Office Person. This date is for new colleagues"]


def test_withdrawing_a_second_time_changes_nothing(full, office, now):
    full[0].withdraw_as_asked(by=office, now=now)
    full[0].withdraw_because("Why not.", by=office, now=now)
    assert len(on_record(full[0])) == 1 and full[0].notices.filter(kind="withdrawn").count() == 1


def test_nobody_is_withdrawn_after_the_last_meeting_has_begun(full, office):
    for leave in (full[0].withdraw_as_asked, lambda **said: full[0].withdraw_because("Late.", **said)):
        with pytest.raises(Registration.SessionOver):
            leave(by=office, now=full[0].session.starts_at)


def test_the_mail_about_a_move_by_the_office_says_who_did_it(make_session, person, office, now):
    registration = Registration.objects.register(person, make_session(), now=now)
    moved = registration.transfer(make_session(days=21), by=office, now=now)
    assert "The office has moved your place in" in mail_to(registration, "withdrawn")
    assert "registered you" in mail_to(moved)
