"""A person who may not register is told so before they press anything, with the way forward that there is."""

from datetime import timedelta

import pytest
from django.conf import settings

from accounts.models import Campus
from catalog.models import Workshop
from devtools.testing.page import Page, read
from devtools.testing.registering import join, register_page
from registrations.models import PriorAttendance, Registration

pytestmark = pytest.mark.django_db

CANNOT = "You can’t register for this session"
AFTER = "This workshop comes after Implicit Bias"
ELSEWHERE = "write to the office if you have taken it elsewhere."
WRITE = f"mailto:{settings.OFFICE_EMAIL}"


@pytest.fixture
def earlier_part(workshop):
    """A workshop that `workshop` comes after."""
    first = Workshop.objects.create(title="Implicit Bias", slug="implicit-bias", status="published")
    workshop.requires.add(first)
    return first


@pytest.fixture
def look(me):
    """look(session) gives the panel of its page and the whole form page, to `person`."""

    def fetch(session) -> tuple[Page, Page]:
        return read(me.get(session.get_absolute_url())), read(me.get(register_page(session)))

    return fetch


def is_told(pages: tuple[Page, Page], *sentences: str) -> bool:
    """Tell whether both pages say all of it, and neither offers to register."""
    page, form = pages
    offers = "Register" in {*page.link_names, *page.button_names, *form.button_names}
    return CANNOT in page.text and not offers and all(said in one.text for said in sentences for one in pages)


# ---- role and campus ----


def test_a_person_of_another_role_is_told_so_first(look, session, workshop):
    Workshop.objects.update(for_staff=False)
    workshop.refresh_from_db()
    pages = look(session)
    assert is_told(pages, f"This workshop is for {workshop.audience_words.lower()}.")
    assert all(page.link("your role in your profile") == "/accounts/profile/" for page in pages)


def test_a_person_of_another_campus_is_told_so_first(look, make_session, person):
    east, person.campus = Campus.objects.create(name="East"), Campus.objects.create(name="West")
    person.save()
    pages = look(make_session(for_campus=east))
    assert is_told(pages, "This session is for people at East.")
    assert all(page.link("your campus in your profile") == "/accounts/profile/" for page in pages)


def test_what_the_profile_does_not_say_is_asked_and_hinders_nobody(look, make_session, person):
    Workshop.objects.update(for_others=False)
    person.role = ""
    person.save()
    page, form = look(make_session(for_campus=Campus.objects.create(name="East")))
    assert "Register" in page.link_names and "Register" in form.button_names
    assert {"role", "campus"} <= form.field_names


def test_a_visitor_is_not_told_what_nobody_knows(client, session, earlier_part):
    Workshop.objects.update(for_staff=False)
    assert "Register" in read(client.get(session.get_absolute_url())).link_names
    assert "Register" in read(client.get(register_page(session))).button_names


# ---- what comes before ----


def test_an_earlier_date_is_named_where_there_is_one(look, make_session, earlier_part):
    make_session(days=10, workshop=earlier_part)
    pages = look(make_session(days=14))
    assert is_told(pages, f"{AFTER}. Register for an earlier date of it first, or {ELSEWHERE}")
    assert all(page.link("an earlier date of it") == earlier_part.get_absolute_url() for page in pages)
    assert all(page.link("write to the office") == WRITE for page in pages)


NO_EARLIER = {
    "none": lambda make, people: None,
    "later": lambda make, people: make(days=20),
    "unlisted": lambda make, people: make(days=10, listed=False),
    "full": lambda make, people: join(make(days=10, minimum=1, capacity=1), people(1)),
    "of another campus": lambda make, people: make(days=10, for_campus=Campus.objects.create(name="East")),
}


@pytest.mark.parametrize("dates", NO_EARLIER)
def test_without_an_earlier_date_to_have_the_other_ways_are_named(
    look, make_session, earlier_part, people, person, dates
):
    person.campus = Campus.objects.create(name="West")
    person.save()
    NO_EARLIER[dates](lambda **how: make_session(workshop=earlier_part, **how), people)
    pages = look(make_session(days=14))
    said = "which has no earlier date you can register for. We can tell you when it has one"
    assert is_told(pages, f"{AFTER}, {said}, or {ELSEWHERE}")
    assert all(page.link("tell you when it has one") == "/workshops/implicit-bias/interest/" for page in pages)
    assert all(page.link("write to the office") == WRITE for page in pages)


def test_an_earlier_date_that_itself_comes_after_something_is_none(look, make_session, earlier_part):
    earlier_part.requires.add(Workshop.objects.create(title="Basics", slug="basics", status="published"))
    make_session(days=10, workshop=earlier_part)
    assert is_told(look(make_session(days=14)), "which has no earlier date you can register for.")


def test_a_workshop_not_offered_leaves_the_office(look, make_session, earlier_part):
    Workshop.objects.filter(pk=earlier_part.pk).update(status="draft")
    pages = look(make_session())
    assert is_told(pages, f"{AFTER}, which is not offered now. Write to the office if you have taken it elsewhere.")
    assert not any("interest" in address for page in pages for address in page.addresses)


def test_of_two_before_it_both_are_named_and_which_has_no_date(look, make_session, earlier_part, workshop):
    second = Workshop.objects.create(title="Pronouns", slug="pronouns", status="published")
    workshop.requires.add(second)
    make_session(days=10, workshop=earlier_part)
    session = make_session(days=14)
    said = f"{AFTER} and Pronouns. There is no earlier date of Pronouns you can register for."
    pages = look(session)
    assert is_told(pages, said) and all(page.link("Pronouns") == "/workshops/pronouns/" for page in pages)
    make_session(days=11, workshop=second)
    assert is_told(look(session), f"{AFTER} and Pronouns. Register for an earlier date of each of them first")


def test_a_press_in_spite_of_it_gives_the_links(me, make_session, earlier_part):
    response = me.post(register_page(make_session()), {"seat": "1"})
    page = read(response)
    assert response.status_code == 409 and AFTER in page.text and page.link("write to the office") == WRITE


# ---- who is not hindered ----


def test_a_person_who_has_taken_it_registers(look, make_session, earlier_part, person):
    PriorAttendance.objects.create(person=person, workshop=earlier_part)
    page, form = look(make_session())
    assert "Register" in page.button_names and "Register" in form.button_names


def test_a_registered_person_reads_what_they_have(me, session, person, workshop):
    Registration.objects.register(person, session)
    Workshop.objects.update(for_staff=False)
    assert "You’re registered" in read(me.get(session.get_absolute_url())).text


def test_a_closed_session_says_that_it_is_closed(look, make_session, earlier_part, now):
    session = make_session()
    type(session).objects.filter(pk=session.pk).update(registration_closes_at=now - timedelta(minutes=1))
    page, form = look(session)
    assert "Registration is closed" in page.text and "is closed" in form.text
    assert CANNOT not in page.text and AFTER not in form.text


def test_the_panel_that_refreshes_itself_says_it_too(me, make_session, people, earlier_part):
    session = make_session(minimum=2)
    for person in people(2):
        PriorAttendance.objects.create(person=person, workshop=earlier_part)
        Registration.objects.register(person, session)
    page = read(me.get(f"/sessions/{session.code}/meter/?asked=1"))
    assert CANNOT in page.text and "Register" not in {*page.link_names, *page.button_names}
