"""The registration form: signed in and signed out, and everything it refuses."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from accounts.models import Campus, Person, Unit
from catalog.models import Format, Workshop
from devtools.testing.names import NAMES, NOT_NAMES
from devtools.testing.page import read
from devtools.testing.registering import NEWCOMER, TYPED, day_of, join, next_page, register_page
from devtools.testing.signing_in import CODE_PAGE, NO_SCHOOL_ADDRESS, ask_for_code, is_signed_in, mailed_code
from foundation.dates import short_day
from notifications.models import Notice
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session, Venue

ZONE = "America/Chicago"


# ---- signed in ----


def test_a_complete_profile_leaves_only_the_button(me, session, person):
    page = read(me.get(register_page(session)))
    assert f"{person.name}, {person.email}" in page.part("main").text
    assert [part.text for part in page.part("main").parts("b > bdi")] == [person.name]
    assert "name" not in page.field_names and "role" not in page.field_names and "email" not in page.field_names
    assert "You would be the first." in page.text


def test_the_form_names_every_day_and_the_room(me, make_session, now):
    starts_at = now + timedelta(days=14)
    campus = Campus.objects.create(name="Duluth")
    room = Venue.objects.create(campus=campus, building="Learning Commons", room="210")
    plans = [
        MeetingPlan(starts_at + timedelta(days=days), starts_at + timedelta(days=days, hours=1), ZONE, room)
        for days in (0, 7)
    ]
    session = make_session(meetings=plans, format=Format.IN_PERSON)
    page = read(me.get(register_page(session)))
    assert all(short_day(plan.starts_at, plan.time_zone, plan.starts_at.year) in page.text for plan in plans)
    assert "Learning Commons 210" in page.text


def test_a_get_registers_nobody(me, session):
    me.get(register_page(session))
    me.head(register_page(session))
    assert not Registration.objects.exists()


def test_the_button_registers(me, session, person):
    response = me.post(register_page(session))
    assert (response.status_code, response.url) == (302, f"/sessions/{session.code}/")
    assert Registration.objects.get().person == person
    page = next_page(me, response.url)
    decided = short_day(session.confirm_by, session.time_zone, session.confirm_by.year)
    said = f"You’re registered for {session.workshop.title} on {day_of(session)}."
    assert f"{said} That makes 1 of 6. We will write to you by {decided}." in page.text


def test_the_sixth_is_told_so(me, session, people):
    join(session, people(5))
    assert "You would be the sixth." in read(me.get(register_page(session))).text
    response = me.post(register_page(session))
    said = f"You’re the sixth. {session.workshop.title} on {day_of(session)} is being confirmed."
    assert f"{said} Your calendar invitation is on its way." in next_page(me, response.url).text


def test_registering_for_a_confirmed_session_says_so(me, session, people, now):
    join(session, people(6))
    session.settle(now)
    response = me.post(register_page(session))
    assert "It is confirmed, and your calendar invitation is on its way." in next_page(me, response.url).text


def test_a_full_session_gives_a_place_in_line(me, make_session, people):
    session = make_session(minimum=1, capacity=2)
    join(session, people(5))
    page = read(me.get(register_page(session)))
    assert page.heading() == "Join the waitlist" and "You would be 4th in line." in page.text
    response = me.post(register_page(session))
    said = "You’re on the waitlist, 4th in line. If a seat opens, it is yours and we write to you at once."
    assert said in next_page(me, response.url).text


def test_nobody_joins_a_waitlist_where_the_form_promised_a_seat(me, make_session, people):
    session = make_session(minimum=1, capacity=1)
    promised = {"seat": "1"}
    seat = read(me.get(register_page(session))).field(name="seat")
    assert (seat.kind, seat.value) == ("hidden", "1")
    join(session, people(1))
    response = me.post(register_page(session), promised)
    assert response.status_code == 409 and session.registrations.count() == 1
    page = read(response)
    assert "The last seat has just gone. You can join the waitlist." in page.text
    assert "Join the waitlist" in page.button_names and "seat" not in page.field_names
    assert me.post(register_page(session)).status_code == 302
    assert me.post(register_page(session), promised).status_code == 302
    assert session.registrations.waitlisted().count() == 1


def test_a_double_click_is_answered_as_one(me, session):
    for _ in range(2):
        assert me.post(register_page(session)).status_code == 302
        assert "That makes 1 of 6." in next_page(me).text
    assert Registration.objects.count() == 1 and Notice.objects.count() == 1


def test_a_second_press_later_answers_with_the_truth(me, session):
    me.post(register_page(session))
    next_page(me)
    a_minute_passes()
    response = me.post(register_page(session))
    assert response.status_code == 302
    assert "You’re already registered for this session." in next_page(me).text
    assert Registration.objects.count() == 1 and Notice.objects.count() == 1


def a_minute_passes() -> None:
    Registration.objects.update(registered_at=F("registered_at") - timedelta(minutes=1))


def test_a_second_press_on_the_waitlist_answers_with_the_truth(me, make_session, people):
    session = make_session(minimum=1, capacity=1)
    join(session, people(1))
    me.post(register_page(session))
    next_page(me)
    a_minute_passes()
    me.post(register_page(session))
    assert "You’re already on the waitlist, 1st in line." in next_page(me).text


def test_the_form_of_a_registered_person_leads_to_their_registration(me, session):
    me.post(register_page(session))
    assert me.get(register_page(session)).url == f"/registrations/{Registration.objects.get().uuid}/"


def test_an_incomplete_profile_is_asked_for_what_it_lacks(client, session, people):
    (person,) = people(1, name="", role="")
    unit = Unit.objects.create(name="Pediatrics")
    client.force_login(person)
    page = read(client.get(register_page(session)))
    assert page.field("Name").attributes["autocomplete"] == "name" and len(page.field("I am").options) == 5
    response = client.post(register_page(session), {"name": "Ada Lovelace", "unit": unit.pk})
    assert response.status_code == 422
    assert (
        "Choose the one that fits you best" in read(response).text
        and read(response).field("Name").value == "Ada Lovelace"
    )
    assert not Registration.objects.exists()
    client.post(register_page(session), {"name": "Ada Lovelace", "role": "student", "unit": unit.pk})
    person.refresh_from_db()
    assert (person.name, person.role, person.unit) == ("Ada Lovelace", "student", unit)
    assert Registration.objects.get().person == person


@pytest.mark.parametrize("others", [0, 9])
def test_a_press_makes_the_same_queries_whatever_is_there(
    others, me, make_session, person, people, django_assert_num_queries
):
    session = make_session()
    join(session, [one for one in people(others + 1) if one != person][:others])
    workshop = Workshop.objects.create(title="Disability and Allyship", slug="disability", status="published")
    for days in range(40, 40 + others):
        join(make_session(days=days, workshop=workshop), [person])
    me.get(register_page(session))
    # Who is asking (2), the session, the unit to ask for, what is to come along, the transaction (2), the lock, that
    # the person stays, what they have, what comes before, the counts, the place, the meetings and their threads, the
    # notice, and by when to ask for an interpreter.
    with django_assert_num_queries(17):
        assert me.post(register_page(session)).status_code == 302
    assert session.registrations.count() == others + 1


def test_what_the_profile_says_is_not_overwritten(me, session, person):
    me.post(register_page(session), {"name": "Somebody Else", "role": "student", "email": "x@example.edu", "person": 1})
    kept = Person.objects.get(pk=person.pk)
    assert (kept.name, kept.role, kept.email) == ("Person 1", "staff", "person1@example.edu")


# ---- refused ----


def refuse_all_of(session: Session, client: Client, sentence: str, status: int = 409) -> None:
    """Expect the refusal signed in, with a name to lose, and signed out."""
    before = Registration.objects.count()
    person = Person.objects.create_user("late@example.edu", role="student")
    client.force_login(person)
    for one, typed in [(client, {"name": "Ada Lovelace"}), (Client(), TYPED)]:
        response = one.post(register_page(session), typed)
        assert response.status_code == status
        assert sentence in read(response).text
        if status == 409:
            assert read(response).field("Name").value == "Ada Lovelace"
            assert sentence in read(one.get(register_page(session))).text
    assert Registration.objects.count() == before
    assert Person.objects.get(pk=person.pk).name == ""
    assert not Person.objects.filter(email=NEWCOMER).exists()
    assert not Notice.objects.filter(kind="code").exists()


def test_a_draft_is_not_there(client, make_session):
    refuse_all_of(make_session(published=False), client, "We can’t find that page", status=404)


def test_a_closed_session_is_refused(client, make_session, now):
    session = make_session()
    Session.objects.filter(pk=session.pk).update(registration_closes_at=now - timedelta(minutes=1))
    refuse_all_of(session, client, "Registration for this session is closed.")


def test_a_cancelled_session_is_refused(client, session, office):
    session.cancel("The facilitator is ill.", by=office)
    refuse_all_of(session, client, "This session was cancelled.")


def test_a_session_that_has_started_is_refused(client, make_session, now):
    session = make_session(minimum=1)
    Session.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(minutes=5), confirm_by=now - timedelta(days=3)
    )
    refuse_all_of(session, client, "This session has already started.")


def test_a_session_that_was_held_is_refused(client, make_session, now):
    session = make_session()
    Session.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(days=1), ends_at=now - timedelta(hours=22), confirm_by=now - timedelta(days=3)
    )
    refuse_all_of(session, client, "This session has been held.")


def test_a_workshop_for_others_is_refused_and_the_role_not_kept(client, session):
    session.workshop.for_students = False
    session.workshop.save()
    person = Person.objects.create_user("student@example.edu")
    client.force_login(person)
    response = client.post(register_page(session), {"name": "Ada Lovelace", "role": "student"})
    assert response.status_code == 409
    assert "This workshop is for faculty, staff, residents and fellows, others." in read(response).text
    assert Person.objects.get(pk=person.pk).role == ""
    assert Client().post(register_page(session), TYPED | {"role": "student"}).status_code == 409
    assert not Notice.objects.exists()


@pytest.mark.parametrize("code", ["nosuch00", "x", "%00", "../../admin", "a" * 300])
def test_a_session_that_does_not_exist_is_not_found(me, db, code):
    assert me.post(f"/sessions/{code}/registration/", TYPED).status_code == 404


def test_a_post_without_csrf_registers_nobody(person, session):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    assert client.post(register_page(session)).status_code == 403
    assert Client(enforce_csrf_checks=True).post(register_page(session), TYPED).status_code == 403
    assert not Registration.objects.exists() and not Notice.objects.exists()


# ---- signed out ----


def test_the_form_asks_for_four_things(client, session):
    page = read(client.get(register_page(session)))
    assert len(page.field("I am").options) == 5
    for name, autocomplete in [("name", "name"), ("email", "email")]:
        assert page.field(name=name).attributes["autocomplete"] == autocomplete
    assert "unit" in page.field_names
    assert "Your place is settled when you enter it." in page.text


@pytest.mark.parametrize(("name", "sentence"), NOT_NAMES)
def test_what_is_no_name_is_refused(client, session, name, sentence):
    response = client.post(register_page(session), TYPED | {"name": name})
    assert response.status_code == 422
    assert sentence in read(response).text
    assert (
        read(response).field("Work or school email").value == NEWCOMER
        and read(response).field("I am").value == "faculty"
    )
    assert not Person.objects.filter(email=NEWCOMER).exists() and not Notice.objects.exists()


def test_another_domain_is_refused_at_the_address(client, session):
    response = client.post(register_page(session), TYPED | {"email": "ada@gmail.example"})
    assert response.status_code == 422
    assert read(response).link(NO_SCHOOL_ADDRESS) == "#id_email"
    assert (
        read(response).field("Name").value == "Ada Lovelace"
        and read(response).field("Work or school email").value == "ada@gmail.example"
    )
    assert not Person.objects.filter(email__contains="gmail").exists()


def test_too_many_codes_are_refused_with_429(client, session):
    for _ in range(3):
        ask_for_code(Client(), NEWCOMER)
    response = client.post(register_page(session), TYPED)
    assert response.status_code == 429
    assert "That was a lot of codes in a short time." in read(response).text


def test_nothing_is_registered_until_the_code_is_accepted(client, session):
    response = client.post(register_page(session), TYPED)
    assert response.url == f"{CODE_PAGE}?next=%2Fsessions%2F{session.code}%2F"
    page = read(client.get(response.url))
    assert f"Your registration for {session.workshop.title} is waiting for this code." in page.text
    assert "Confirm and register" in page.button_names
    assert register_page(session) in page.addresses
    assert not Registration.objects.exists()
    assert not Person.objects.filter(email=NEWCOMER).exists()
    client.post(CODE_PAGE, {"code": "wrong"})
    assert not Registration.objects.exists()


def test_the_accepted_code_fills_the_profile_and_registers(client, session):
    unit = Unit.objects.create(name="Pediatrics")
    client.post(register_page(session), TYPED | {"unit": unit.pk})
    response = client.post(CODE_PAGE, {"code": mailed_code(NEWCOMER), "next": f"/sessions/{session.code}/"})
    assert response.url == f"/sessions/{session.code}/"
    person = Person.objects.get(email=NEWCOMER)
    assert (person.name, person.role, person.unit) == ("Ada Lovelace", "faculty", unit)
    assert Registration.objects.get().person == person
    assert "That makes 1 of 6." in next_page(client, response.url).text


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_survives_the_wait(client, session, name):
    client.post(register_page(session), TYPED | {"name": name})
    client.post(CODE_PAGE, {"code": mailed_code(NEWCOMER)})
    assert Person.objects.get(email=NEWCOMER).name == name


def test_back_to_correct_the_address_finds_what_was_typed(client, session):
    client.post(register_page(session), TYPED | {"email": "typo@example.edu"})
    page = read(client.get(register_page(session)))
    assert page.field("Name").value == "Ada Lovelace" and page.field("I am").value == "faculty"
    assert page.field("Work or school email").value == "typo@example.edu"
    client.post(register_page(session), TYPED)
    client.post(CODE_PAGE, {"code": mailed_code(NEWCOMER)})
    assert Registration.objects.get().person.email == NEWCOMER
    assert is_signed_in(client)
