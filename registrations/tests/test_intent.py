"""What was typed while signed out: carried out once, by the POST that accepts the code, for the address’s owner."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.signals import user_logged_in
from django.db import OperationalError
from django.db.models import F
from django.test import Client

from accounts.models import Campus, Person
from catalog.models import Workshop
from devtools.testing.registering import NEWCOMER, TYPED, join, next_page, register_page
from devtools.testing.signing_in import APP_SECRET, CODE_PAGE, app_code, ask_for_code, is_signed_in, mailed_code
from registrations.models import Registration
from registrations.newcomers import KEY, LIFE, Intent
from sessions_app.models import Session


def accept(client: Client, email: str, session: Session | None = None):
    following = {"next": session.get_absolute_url()} if session else {}
    return client.post(CODE_PAGE, {"code": mailed_code(email)} | following)


def test_a_filled_profile_is_never_overwritten(client, make_session, person):
    session = make_session()
    client.post(register_page(session), TYPED | {"email": person.email})
    accept(client, person.email)
    person.refresh_from_db()
    assert (person.name, person.role) == ("Person 1", "staff")
    assert Registration.objects.get().person == person


def test_only_the_empty_part_of_a_profile_is_filled(client, make_session, people):
    (person,) = people(1, role="")
    client.post(register_page(make_session()), TYPED | {"email": person.email})
    accept(client, person.email)
    person.refresh_from_db()
    assert (person.name, person.role) == ("Person 1", "faculty")


@pytest.fixture
def of_others(make_session, people, now) -> Registration:
    """The seat that somebody without a role has in a session that is only for others."""
    roles = dict.fromkeys(["for_faculty", "for_staff", "for_residents", "for_students"], False)
    workshop = Workshop.objects.create(title="For others", slug="for-others", status="published", **roles)
    return Registration.objects.register(people(1, role="")[0], make_session(days=40, workshop=workshop), now=now)


def test_a_role_said_while_registering_frees_the_seat_it_does_not_fit(client, make_session, of_others):
    session = make_session()
    client.post(register_page(session), TYPED | {"email": of_others.person.email})
    accept(client, of_others.person.email)
    of_others.refresh_from_db()
    assert of_others.status == "withdrawn" and session.registrations.registered().get().person == of_others.person
    assert "This workshop is for others." in of_others.notices.get(kind="withdrawn").facts["why"]


def test_a_refused_registration_leaves_role_and_seat_as_they_were(client, make_session, of_others):
    session = make_session()
    Session.objects.filter(pk=session.pk).update(for_campus=Campus.objects.create(name="East"))
    client.force_login(of_others.person)
    typed = {"role": "student", "campus": Campus.objects.create(name="West").pk}
    assert client.post(register_page(session), typed).status_code == 409
    of_others.refresh_from_db()
    assert of_others.is_registered and Person.objects.get(pk=of_others.person.pk).role == ""


def test_the_sessions_a_role_concerns_are_locked_in_ascending_order(client, make_session, people, now, monkeypatch):
    first, *held, last = (make_session(days=days) for days in (10, 20, 30, 40))
    person, locked, lock = people(1, role="")[0], [], Session.lock
    for session in held:
        Registration.objects.register(person, session, now=now)
    monkeypatch.setattr(Session, "lock", lambda session: (locked.append(session.pk), lock(session)))
    client.force_login(person)
    for wanted in (first, last):
        Person.objects.update(role="")
        locked.clear()
        assert client.post(register_page(wanted), {"role": "student", "anyway": "1"}).status_code == 302
        held.append(wanted)
        assert list(dict.fromkeys(locked)) == sorted(one.pk for one in held)


def test_it_is_carried_out_once(client, make_session):
    session = make_session()
    client.post(register_page(session), TYPED)
    accept(client, NEWCOMER)
    Registration.objects.get().withdraw(by=Person.objects.get(email=NEWCOMER))
    client.post("/accounts/logout/")
    ask_for_code(client, NEWCOMER)
    accept(client, NEWCOMER)
    assert is_signed_in(client)
    assert [one.status for one in Registration.objects.all()] == ["withdrawn"]


def test_the_code_entered_twice_registers_once(client, make_session):
    session = make_session()
    client.post(register_page(session), TYPED)
    code = mailed_code(NEWCOMER)
    for _ in range(2):
        assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    assert Registration.objects.count() == 1


def test_somebody_already_registered_is_told_so(client, make_session, person):
    session = make_session()
    join(session, [person])
    Registration.objects.update(registered_at=F("registered_at") - timedelta(minutes=1))
    client.post(register_page(session), TYPED | {"email": person.email})
    response = accept(client, person.email, session)
    assert "You’re already registered for this session." in next_page(client, response.url).text
    assert Registration.objects.count() == 1


def test_somebody_else_at_the_same_browser_is_not_registered(client, make_session, person):
    client.post(register_page(make_session()), TYPED)
    ask_for_code(client, person.email)
    accept(client, person.email)
    assert is_signed_in(client)
    assert not Registration.objects.exists()
    assert Intent.waiting_in(client.session) is None


def test_it_waits_in_the_browser_that_typed_it_and_in_no_other(client, make_session):
    client.post(register_page(make_session()), TYPED)
    other = Client()
    ask_for_code(other, NEWCOMER)
    accept(other, NEWCOMER)
    assert is_signed_in(other)
    assert not Registration.objects.exists()


def test_it_waits_for_an_hour(client, make_session):
    client.post(register_page(make_session()), TYPED)
    browser_session = client.session
    browser_session[KEY]["at"] -= LIFE + 1
    browser_session.save()
    ask_for_code(client, NEWCOMER)
    accept(client, NEWCOMER)
    assert is_signed_in(client)
    assert not Registration.objects.exists()


def test_the_newest_wish_counts(client, make_session):
    first, second = make_session(), make_session(days=21)
    client.post(register_page(first), TYPED)
    client.post(register_page(second), TYPED)
    accept(client, NEWCOMER)
    assert Registration.objects.get().session == second


def test_a_session_filled_since_gives_a_place_in_line(client, make_session, people):
    session = make_session(minimum=1, capacity=1)
    client.post(register_page(session), TYPED)
    join(session, people(1))
    response = accept(client, NEWCOMER, session)
    assert "You’re on the waitlist, 1st in line." in next_page(client, response.url).text


def test_a_session_cancelled_since_says_so_and_signs_in(client, make_session, office):
    session = make_session()
    client.post(register_page(session), TYPED)
    session.cancel("The facilitator is ill.", by=office)
    response = accept(client, NEWCOMER, session)
    assert response.url == session.get_absolute_url()
    assert "This session was cancelled. Choose another date." in next_page(client, response.url).text
    assert is_signed_in(client)
    assert not Registration.objects.exists()
    assert Person.objects.get(email=NEWCOMER).name == ""


def test_registration_closed_since_says_so(client, make_session, now):
    session = make_session()
    client.post(register_page(session), TYPED)
    Session.objects.filter(pk=session.pk).update(registration_closes_at=now - timedelta(seconds=1))
    response = accept(client, NEWCOMER, session)
    assert "Registration for this session is closed." in next_page(client, response.url).text


def test_a_busy_database_leaves_the_person_signed_in(client, make_session, monkeypatch):
    session = make_session()
    client.post(register_page(session), TYPED)

    def busy(self):
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(Session, "lock", busy)
    response = accept(client, NEWCOMER, session)
    assert response.status_code == 302
    assert "you are signed in but not registered yet" in next_page(client, response.url).text
    assert is_signed_in(client)


def test_the_office_is_registered_after_its_second_step(client, make_session, office):
    TOTP.activate(office, APP_SECRET)
    session = make_session()
    client.post(register_page(session), TYPED | {"email": office.email})
    assert accept(client, office.email, session).url == "/accounts/2fa/authenticate/"
    assert not Registration.objects.exists()
    assert client.post("/accounts/2fa/authenticate/", {"code": app_code()}).url == session.get_absolute_url()
    assert Registration.objects.get().person == office


def test_no_get_registers_whatever_signs_one_in(client, rf, make_session, person):
    client.post(register_page(make_session()), TYPED | {"email": person.email})
    for method in (rf.get, rf.head, rf.options):
        request = method("/")
        request.session = client.session
        user_logged_in.send(Person, request=request, user=person)
    assert not Registration.objects.exists()


def test_signing_in_without_a_wish_registers_nobody(client, make_session, person):
    make_session()
    ask_for_code(client, person.email)
    accept(client, person.email)
    assert not Registration.objects.exists()
