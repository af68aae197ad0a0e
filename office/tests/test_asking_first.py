"""What a save does to people is said first, and done once somebody has said yes to exactly that (G18)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Person
from catalog.models import Facilitator, Workshop
from devtools.testing.office_pages import agree, filled_in, session_page, workshop_page
from devtools.testing.page import read
from registrations.models import Interest, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def confirmed_with_two(make_session, people, now):
    """A confirmed session with two people, led by Ada Okafor, in a room."""
    ada = Facilitator.objects.create(name="Ada Okafor")
    session = make_session(minimum=2, capacity=2, facilitators=[ada])
    for person in people(2):
        Registration.objects.register(person, session)
    session.settle()
    return session


def form_of(clerk, noun, **typed) -> tuple[str, dict]:
    url = reverse(f"admin:{noun._meta.app_label}_{noun._meta.model_name}_change", args=[noun.pk])
    return url, filled_in(clerk, url, f"{noun._meta.model_name}_form", **typed)


def test_more_seats_say_who_gets_them(clerk, confirmed_with_two, people):
    waiting = Registration.objects.register(people(1)[0], confirmed_with_two)
    url, typed = form_of(clerk, confirmed_with_two, capacity="5")
    assert agree(clerk, url, typed, "One person on the waitlist gets a seat and is told at once.").status_code == 302
    waiting.refresh_from_db()
    assert waiting.is_registered


def test_a_yes_is_to_what_was_said_and_nothing_else(clerk, confirmed_with_two, people):
    Registration.objects.register(people(1)[0], confirmed_with_two)
    url, typed = form_of(clerk, confirmed_with_two, capacity="5")
    said = read(clerk.post(url, typed)).field(name="agreed").attributes["value"]
    Registration.objects.register(people(1)[0], confirmed_with_two)
    url, typed = form_of(clerk, confirmed_with_two, capacity="5")
    answer = clerk.post(url, typed | {"agreed": said})
    assert answer.status_code == 400
    assert "Two people on the waitlist get a seat and are told at once." in read(answer).text
    confirmed_with_two.refresh_from_db()
    assert confirmed_with_two.capacity == 2


def test_a_minimum_that_confirms_is_left_to_confirm_anyway(clerk, make_session, people):
    session = make_session()
    for person in people(4):
        Registration.objects.register(person, session)
    url, typed = form_of(clerk, session, minimum="4")
    answer = clerk.post(url, typed)
    assert answer.status_code == 400
    assert (
        "4 have registered, so this would confirm the session at once, below the 6 that people were told. "
        "“Confirm anyway” does that, with a reason."
    ) in read(answer).text
    assert clerk.post(url, typed | {"minimum": "5"}).status_code == 302
    session.refresh_from_db()
    assert (session.minimum, session.status) == (5, "open")


def test_other_facilitators_say_whose_calendars_change(clerk, confirmed_with_two):
    other = Facilitator.objects.create(name="Ben Rivera")
    url, typed = form_of(clerk, confirmed_with_two, facilitators=[other.pk])
    sentence = "The calendars of two people registered say who leads it: they get an update."
    assert agree(clerk, url, typed, sentence).status_code == 302
    assert confirmed_with_two.facilitators.get() == other


def test_other_facilitators_of_a_session_in_no_calendar_are_just_saved(clerk, make_session, person):
    session, other = make_session(), Facilitator.objects.create(name="Ben Rivera")
    Registration.objects.register(person, session)
    url, typed = form_of(clerk, session, facilitators=[other.pk])
    assert clerk.post(url, typed).status_code == 302
    assert session.facilitators.get() == other


def test_more_seats_on_the_last_day_are_for_the_quickest(clerk, confirmed_with_two, people, now):
    waiting = Registration.objects.register(people(1)[0], confirmed_with_two)
    times = {"starts_at": now + timedelta(hours=5), "ends_at": now + timedelta(hours=7)}
    confirmed_with_two.meetings.update(**times)
    Session.objects.update(confirm_by=now, registration_closes_at=times["starts_at"], **times)
    url, typed = form_of(clerk, confirmed_with_two, capacity="5")
    sentence = "People on the waitlist are told that a seat is open: the first of them to take it has it."
    assert agree(clerk, url, typed, sentence).status_code == 302
    waiting.refresh_from_db()
    assert waiting.is_waitlisted


def test_a_new_name_says_whose_calendars_change(clerk, confirmed_with_two):
    sentence = (
        "The name changes in the calendars of two people, for one confirmed session: each of them gets an update."
    )
    ada = Facilitator.objects.get()
    url, typed = form_of(clerk, ada, name="Ada Okafor-Reyes")
    assert agree(clerk, url, typed, sentence).status_code == 302
    url, typed = form_of(clerk, confirmed_with_two.workshop, title="Being a Bystander")
    assert agree(clerk, url, typed, sentence).status_code == 302
    ada.refresh_from_db()
    confirmed_with_two.workshop.refresh_from_db()
    assert (ada.name, confirmed_with_two.workshop.title) == ("Ada Okafor-Reyes", "Being a Bystander")


def test_a_new_name_that_nobody_has_in_a_calendar_is_just_saved(clerk, session):
    url, typed = form_of(clerk, session.workshop, title="Being a Bystander")
    assert clerk.post(url, typed).status_code == 302


def test_listing_a_session_says_how_many_are_told(clerk, make_session, people):
    session = make_session(listed=False)
    for person in people(3):
        Interest.objects.express(person, session.workshop)
    url, typed = form_of(clerk, session, listed="on")
    sentence = "A mail about this date goes to three people who asked for one."
    assert agree(clerk, url, typed, sentence).status_code == 302
    session.refresh_from_db()
    assert session.listed


def test_a_workshop_made_a_draft_says_what_becomes_of_its_sessions(clerk, confirmed_with_two):
    url, typed = form_of(clerk, confirmed_with_two.workshop, status="draft")
    sentence = "One session to come, with two people, cannot be found any more, and nobody registers."
    assert agree(clerk, url, typed, sentence).status_code == 302
    assert Workshop.objects.get(pk=confirmed_with_two.workshop_id).status == "draft"


@pytest.mark.parametrize(("name", "value"), [("is_active", None), ("role", Person.Role.STUDENT)])
def test_a_person_who_may_not_come_says_which_seats_are_lost(clerk, confirmed_with_two, name, value):
    Workshop.objects.update(for_students=False)
    held = confirmed_with_two.registrations.registered().first()
    url, typed = form_of(clerk, held.person)
    typed = {key: kept for key, kept in typed.items() if key != name} | ({name: value} if value else {})
    sentence = f"Person 1 loses the seat in {confirmed_with_two}, and is told why."
    assert agree(clerk, url, typed, sentence).status_code == 302
    held.refresh_from_db()
    assert held.status == "withdrawn"


def test_a_person_without_seats_is_just_switched_off(clerk, person):
    url, typed = form_of(clerk, person)
    typed.pop("is_active")
    assert clerk.post(url, typed).status_code == 302
    person.refresh_from_db()
    assert not person.is_active


def test_what_does_nothing_to_people_is_just_saved(clerk, confirmed_with_two):
    url, typed = form_of(clerk, confirmed_with_two, accommodation_lead_days="9")
    assert clerk.post(url, typed).status_code == 302
    assert clerk.post(workshop_page(confirmed_with_two.workshop), {}).status_code == 400
    assert clerk.get(session_page(confirmed_with_two)).status_code == 200
