"""The campus of a place is said wherever there is more than one campus, and nowhere else."""

import pytest
from django.urls import reverse

from accounts.models import Campus, campus
from catalog.models import Format
from devtools.testing.page import read
from registrations.models import Registration
from sessions_app.display.rows import place_of
from sessions_app.models import Session, Venue

pytestmark = pytest.mark.django_db
ROOM, WITH_CAMPUS = "Learning Commons 210", "Learning Commons 210, West Campus"


@pytest.fixture
def session_in_a_room(make_session):
    """A session in a room of the only campus, one of two of its workshop."""
    venue = Venue.objects.create(
        campus=Campus.objects.create(name="West Campus"), building="Learning Commons", room="210"
    )
    for made in (make_session(days=20), make_session(days=10)):
        made.meetings.update(venue=venue)
        Session.objects.filter(pk=made.pk).update(format=Format.IN_PERSON)
    return Session.objects.get(pk=made.pk)


@pytest.fixture
def pages_with_a_place(client, session_in_a_room, people):
    """pages() returns the text of each page and form that says where the session is."""
    (me,) = people(1)
    own = Registration.objects.register(me, session_in_a_room)

    def read_all() -> dict[str, str]:
        program = {"home": reverse("home"), "workshop": session_in_a_room.workshop.get_absolute_url()}
        paths = program | {
            "session": session_in_a_room.get_absolute_url(),
            "form": reverse("register", args=[session_in_a_room.code]),
        }
        texts = {name: read(client.get(path)).everything for name, path in paths.items()}
        client.force_login(me)
        own_pages = {"own": own.get_absolute_url(), "moving": reverse("transfer", args=[own.uuid])}
        texts |= {name: read(client.get(path)).everything for name, path in own_pages.items()}
        client.logout()
        return texts

    return read_all


def test_one_campus_is_never_said(pages_with_a_place):
    for name, text in pages_with_a_place().items():
        assert ROOM in text, name
        assert WITH_CAMPUS not in text, name


def test_of_two_campuses_each_place_says_its_own(pages_with_a_place):
    Campus.objects.create(name="East Campus")
    for name, text in pages_with_a_place().items():
        assert text.count(ROOM) == text.count(WITH_CAMPUS) > 0, name


def test_those_nearly_there_say_the_campus(client, session_in_a_room, people):
    Campus.objects.create(name="East Campus")
    for person in people(4):
        Registration.objects.register(person, session_in_a_room)
    (card,) = read(client.get(reverse("home"))).parts("li.q-card")
    assert WITH_CAMPUS in card.text


def test_a_second_campus_is_seen_at_once_and_an_old_answer_after_ten_seconds(monkeypatch):
    Campus.objects.create(name="West Campus")
    assert not campus.several_campuses()
    Campus.objects.create(name="East Campus")
    assert campus.several_campuses()
    # Another process takes one away.
    Campus.objects.filter(name="East Campus").delete()
    assert campus.several_campuses()
    monkeypatch.setattr(campus.time, "monotonic", lambda: campus._answer[1] + 1)
    assert not campus.several_campuses()


def test_a_hybrid_session_is_in_its_room_or_online():
    Campus.objects.create(name="West Campus"), Campus.objects.create(name="East Campus")
    assert place_of("hybrid", "Learning Commons", "210", "West Campus") == f"{WITH_CAMPUS}, or online"
    assert place_of("online", "Learning Commons", "210", "West Campus") == "Online"
