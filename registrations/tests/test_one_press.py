"""One press: the button of the session page registers, asks only for what is missing, and says what happened."""

import pytest

from accounts.models import Campus, Unit
from devtools.testing.page import read
from devtools.testing.registering import NEWCOMER, TYPED, join, next_page, register_page
from devtools.testing.signing_in import CODE_PAGE, mailed_code
from registrations.models import Registration
from sessions_app.models import Session

FULL = {"minimum": 1, "capacity": 1}


def panel_of(client, session):
    return read(client.get(session.get_absolute_url()))


def press(client, session, name: str = "Register"):
    """Press the button of the panel as a browser does; returns the page that follows."""
    button = panel_of(client, session).button(name)
    return client.post(button.action, button.sends, follow=True)


# ---- the button is the POST ----


def test_the_button_of_the_page_registers(me, session, person):
    page = read(press(me, session))
    assert Registration.objects.get().person == person and "You’re registered" in page.text
    assert page.parts("form#press") == []


def test_the_closing_call_has_the_same_button(me, session):
    page = panel_of(me, session)
    (call,) = page.part(".q-call").buttons()
    button = page.button("Register")
    assert call.name.startswith("Register: Bystander Interventions") and call.sends == button.sends == {"seat": "1"}
    assert button.action == register_page(session)


def test_the_form_has_a_token(me, session):
    assert "csrfmiddlewaretoken" in panel_of(me, session).form(id="press").data


def test_the_button_joins_the_waitlist_in_these_words(me, make_session, people):
    session = make_session(**FULL)
    join(session, people(1))
    page = read(press(me, session, "Join the waitlist"))
    assert "You’re on the waitlist, 1st in line." in page.text


@pytest.mark.parametrize("missing", ["name", "role"])
def test_what_is_missing_is_asked_and_nothing_else(client, people, make_session, missing):
    (person,) = people(1, **{missing: ""})
    client.force_login(person)
    session = make_session()
    page = panel_of(client, session)
    assert page.part("#panel-button").attribute("href") == register_page(session) and page.parts("form#press") == []
    assert asked(client, session) == {missing}


def asked(client, session: Session) -> set[str]:
    """Return which fields the form asks to fill in."""
    page = read(client.get(register_page(session)))
    return page.field_names & {"name", "role", "unit", "campus", "email", "needs"}


def test_a_missing_department_is_asked_for_alone_and_once(me, make_session, person):
    Unit.objects.create(name="Pediatrics")
    session = make_session()
    assert asked(me, session) == {"unit"} and panel_of(me, session).parts("form#press") == []
    me.post(register_page(session), {"unit": "", "seat": "1"})
    assert person.registrations.get().session == session
    following = make_session(days=30)
    assert asked(me, following) == set() and panel_of(me, following).parts("form#press") != []


def test_no_department_is_asked_for_where_there_is_none(me, session):
    assert asked(me, session) == set()


def test_a_missing_campus_is_asked_for_where_it_decides(me, make_session):
    session = make_session()
    Session.objects.filter(pk=session.pk).update(for_campus=Campus.objects.create(name="East"))
    assert asked(me, session) == {"campus"} and panel_of(me, session).parts("form#press") == []


def test_signed_out_the_button_leads_to_the_form(client, session):
    page = panel_of(client, session)
    assert page.part("#panel-button").attribute("href") == register_page(session) and page.parts("form#press") == []


# ---- the words tell the truth of the moment ----


def test_a_session_that_filled_up_since_registers_nobody(me, make_session, people):
    session = make_session(**FULL)
    button = panel_of(me, session).button("Register")
    join(session, people(1))
    response = me.post(button.action, button.sends)
    said = read(response)
    assert response.status_code == 409 and session.registrations.count() == 1
    assert "The last seat has just gone. You can join the waitlist." in said.text
    assert said.heading() == "Join the waitlist" and said.title.startswith("Join the waitlist")
    assert said.form("Join the waitlist").data["wait"] == ["1"]


def test_a_seat_that_came_free_since_is_said(me, make_session, people):
    session, (first,) = make_session(**FULL), people(1)
    join(session, [first])
    session.registrations.get().withdraw(by=first)
    page = next_page(me, me.post(register_page(session), {"wait": "1"}).url)
    assert "A seat came free just now, and you have it." in page.text


def test_nobody_is_the_next_of_six_where_it_is_confirmed(me, session, people, now):
    join(session, people(6))
    assert "It is being confirmed now." in read(me.get(register_page(session))).text
    session.settle(now)
    page = read(me.get(register_page(session)))
    assert "It is confirmed. 18 of 24 seats left." in page.text and "You would be" not in page.text


def test_the_code_page_names_what_waits_for_the_code(client, make_session, people):
    session = make_session(**FULL)
    page = next_page(client, client.post(register_page(session), TYPED | {"seat": "1"}).url)
    assert f"Your registration for {session.workshop.title} is waiting for this code." in page.text
    assert "Confirm and register" in page.button_names
    join(session, people(1))
    page = next_page(client, CODE_PAGE)
    assert f"Your place on the waitlist for {session.workshop.title} is waiting for this code." in page.text
    assert "The last seat has gone since you registered." in page.text
    assert "Confirm and join the waitlist" in page.button_names


def test_joining_a_waitlist_signed_out_is_called_so_on_every_step(client, make_session, people):
    session = make_session(**FULL)
    join(session, people(1))
    assert panel_of(client, session).part("#panel-button").text == "Join the waitlist"
    form = read(client.get(register_page(session)))
    assert form.heading() == "Join the waitlist" and form.title.startswith("Join the waitlist")
    code = next_page(client, client.post(register_page(session), TYPED | {"wait": "1"}).url)
    assert "Your place on the waitlist for" in code.text and "The last seat has gone" not in code.text
    assert "Confirm and join the waitlist" in code.button_names
    client.post(CODE_PAGE, {"code": mailed_code(NEWCOMER)})
    page = next_page(client)
    assert "You’re on the waitlist, 1st in line." in page.text and "The last seat went" not in page.text


def test_a_session_that_filled_up_before_the_code_came_says_so(client, make_session, people):
    session = make_session(**FULL)
    client.post(register_page(session), TYPED | {"seat": "1"})
    join(session, people(1))
    client.post(CODE_PAGE, {"code": mailed_code(NEWCOMER)})
    page, mine = next_page(client), Registration.objects.get(person__email=NEWCOMER)
    assert "The last seat went before your code came. You’re on the waitlist, 1st in line." in page.text
    assert page.link("Leave the waitlist") == f"/registrations/{mine.uuid}/withdrawal/"
