"""What the home page says of how many people make a session is true of the sessions it shows."""

import pytest
from django.urls import reverse

from catalog.models import Workshop
from devtools.testing.page import read
from sessions_app.display.gathering import gathering
from sessions_app.models import Session


@pytest.mark.parametrize(
    ("minimums", "heading", "last", "seats"),
    [
        ({}, "Six people make a session.", "At six, it’s confirmed.", 6),
        ({6: 9}, "Six people make a session.", "At six, it’s confirmed.", 6),
        ({4: 1}, "Four people make a session.", "At four, it’s confirmed.", 4),
        ({2: 1}, "Two people make a session.", "At two, it’s confirmed.", 2),
        ({15: 1}, "15 people make a session.", "At 15, it’s confirmed.", 6),
        ({1: 3}, "Find a session that fits.", "With the first person, it’s confirmed.", 1),
        (
            {6: 3, 4: 1},
            "Six people make a session.",
            "At six, it’s confirmed. Some sessions need another number.",
            6,
        ),
        (
            {1: 9, 8: 2},
            "Eight people make a session.",
            "At eight, it’s confirmed. Some sessions need another number.",
            8,
        ),
    ],
)
def test_the_usual_minimum_is_said_and_that_there_are_others(minimums, heading, last, seats):
    said = gathering(minimums)
    at_last = next(step for step in said.steps if step.shape == "qm-join")
    assert (said.heading, f"{at_last.words} {at_last.more}".strip()) == (heading, last)
    assert at_last.dots == (True,) * seats


@pytest.mark.django_db
def test_the_home_page_goes_by_the_sessions_ahead(client, make_session):
    make_session(minimum=4)
    assert "Four people make a session." in read(client.get(reverse("home"))).headings()
    make_session(minimum=4, days=20), make_session(minimum=6, days=21)
    page = read(client.get(reverse("home")))
    assert "At four, it’s confirmed. Some sessions need another number." in page.text


@pytest.mark.django_db
def test_a_cancelled_session_and_an_unlisted_one_count_for_nothing(client, make_session, office, now):
    make_session(minimum=4)
    make_session(minimum=9, listed=False)
    make_session(minimum=8, days=5).cancel("A flood.", by=office, now=now)
    assert "At four, it’s confirmed." in read(client.get(reverse("home"))).text
    assert Session.objects.count() == 3


@pytest.mark.django_db
def test_without_sessions_the_home_page_goes_by_the_workshops(client, me, workshop):
    Workshop.objects.update(default_minimum=5)
    assert "Five people make a session." in read(client.get(reverse("home"))).headings()


@pytest.mark.django_db
def test_each_session_at_one_time_of_the_week_counts(client, make_session):
    for weeks, minimum in enumerate((7, 5, 5, 5, 9)):
        make_session(minimum=minimum, days=14 + 7 * weeks)
    assert "Five people make a session." in read(client.get(reverse("home"))).headings()


@pytest.mark.django_db
def test_a_list_whose_address_names_a_month_says_its_dates(client, make_session):
    session = make_session(minimum=4)
    page = read(client.get(reverse("home"), {"m": "2027-01"}))
    assert "Four people make a session." in page.headings()
    assert "No dates yet" not in page.text
    assert session.workshop.title in page.text
