"""The page of one session, in the states its verbs can reach."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Campus
from catalog.models import Facilitator, Format
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session, Venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(client):
    """page(session) returns the page's text with single spaces."""

    def get(session: Session, name: str = "session", status: int = 200, query: str = "") -> str:
        response = client.get(reverse(name, args=[session.code]) + query)
        assert response.status_code == status
        return " ".join(response.content.decode().split())

    return get


def fill(session, people, count):
    for person in people(count):
        Registration.objects.register(person, session)


def test_a_gathering_session_asks_to_register(shown, make_session, people):
    made = make_session()
    fill(made, people, 4)
    shown = shown(made)
    assert "Two more and it’s confirmed" in shown
    assert f'id="qm-{made.code}"' in shown
    assert f'id="panel-button" href="{reverse("register", args=[made.code])}">Register</a>' in shown


def test_the_sixth_is_confirming_and_the_panel_asks_again_until_it_is(shown, make_session, people):
    made = make_session()
    fill(made, people, 6)
    shown = shown(made)
    assert "confirming now" in shown
    assert f'hx-get="{reverse("meter", args=[made.code])}?asked=0"' in shown
    assert "?asked=1" in shown(made, "meter", query="?asked=0")
    assert "hx-get" not in shown(made, "meter", query="?asked=15")
    made.settle()
    settled = shown(made, "meter", query="?asked=0")
    assert "hx-get" not in settled
    assert "It’s happening" in settled
    assert '<p id="say" hx-swap-oob="innerHTML">Confirmed. The session takes place.</p>' in settled


@pytest.mark.parametrize("asked", ["x", "-1", "%00", "9" * 5000, "٣"])
def test_an_impossible_count_of_asking_ends_it(shown, make_session, people, asked):
    made = make_session()
    fill(made, people, 6)
    assert "hx-get" not in shown(made, "meter", query=f"?asked={asked}")


def test_a_full_session_offers_its_waitlist(shown, make_session, people):
    made = make_session(capacity=6)
    fill(made, people, 7)
    made.settle()
    assert "This session is full" in shown(made)
    assert ">Join the waitlist</a>" in shown(made)


def test_a_cancelled_session_leads_to_other_dates(shown, make_session, office):
    made = make_session()
    made.cancel("The facilitator is ill.", by=office)
    assert "This session was cancelled" in shown(made)
    assert "See other dates" in shown(made)


def test_a_held_session_says_so(shown, make_session, people, office, now):
    made = make_session()
    fill(made, people, 6)
    made.settle()
    made.settle(now=made.ends_at + timedelta(minutes=1))
    assert "This session has been held" in shown(made)


def test_a_draft_is_seen_by_the_office_alone(shown, client, make_session, office, person):
    made = make_session(published=False)
    shown(made, status=404)
    client.force_login(person)
    shown(made, status=404)
    client.force_login(office)
    assert "This is a draft" in shown(made)


def test_an_unlisted_session_is_reached_by_its_link(shown, make_session):
    assert "only people with its link see it" in shown(make_session(listed=False))


@pytest.mark.parametrize(
    "path", ["/sessions/nothere/", "/sessions/%00/", "/sessions/nothere/meter/", f"/sessions/{'x' * 5000}/"]
)
def test_a_session_that_is_not_there_is_404(client, db, path):
    assert client.get(path).status_code == 404


def test_the_join_link_is_for_people_with_a_seat_once_confirmed(shown, client, make_session, people, person):
    made, link = make_session(capacity=7), "https://meet.example.edu/quorum"
    Registration.objects.register(person, made)
    client.force_login(person)
    assert link not in shown(made)
    fill(made, people, 6)
    made.settle()
    assert link in shown(made)
    waiting = people(1)[0]
    Registration.objects.register(waiting, made)
    client.force_login(waiting)
    assert link not in shown(made)
    client.logout()
    assert link not in shown(made)


def test_people_see_their_own_place_and_the_way_out(shown, client, make_session, person):
    made = make_session()
    registration = Registration.objects.register(person, made)
    client.force_login(person)
    shown = shown(made)
    assert "You’re registered" in shown
    assert reverse("withdrawal", args=[registration.uuid]) in shown
    assert reverse("nominate", args=[made.code]) in shown


def test_who_registered_is_never_shown(shown, make_session, person):
    made = make_session()
    Registration.objects.register(person, made)
    assert person.name not in shown(made)


def test_several_meetings_are_listed_with_their_dates_and_rooms(shown, make_session, office, now):
    campus = Campus.objects.create(name="West")
    first = make_session().meetings.get()
    plans = [
        MeetingPlan(
            first.starts_at + timedelta(days=7 * number),
            first.ends_at + timedelta(days=7 * number),
            "America/Chicago",
            venue=Venue.objects.create(campus=campus, building=f"House {number}", directions="Ring the bell."),
        )
        for number in range(2)
    ]
    shown = shown(make_session(meetings=plans, format=Format.IN_PERSON))
    assert "Two meetings, taken together, Central time" in shown
    assert shown.count("Noon–1:30 PM") >= 2
    assert "House 0" in shown and "Getting to House 1" in shown


def test_the_room_its_access_and_the_way_there_are_shown(shown, make_session):
    campus = Campus.objects.create(name="West")
    venue = Venue.objects.create(
        campus=campus, building="Learning Commons", room="210", directions="Second floor.", access="Step-free entrance."
    )
    first = make_session().meetings.get()
    plan = MeetingPlan(first.starts_at, first.ends_at, "America/Chicago", venue=venue)
    shown = shown(make_session(meetings=[plan], format=Format.IN_PERSON))
    for words in ("Learning Commons 210", "Second floor.", "Step-free entrance.", "In person"):
        assert words in shown


def test_facilitators_are_named_as_they_wish(shown, make_session):
    facilitators = [Facilitator.objects.create(name="Tolu Adeyemi", credentials="MD", pronouns="they/them")]
    assert "Online, with Tolu Adeyemi, MD (they/them)" in shown(make_session(facilitators=facilitators))


def test_other_dates_are_those_one_can_still_join(shown, make_session, office):
    made, other, cancelled = make_session(days=10), make_session(days=20), make_session(days=30)
    cancelled.cancel("Illness.", by=office)
    shown = shown(made)
    assert reverse("session", args=[other.code]) in shown
    assert reverse("session", args=[cancelled.code]) not in shown


def test_descriptions_are_markdown_made_safe(shown, make_session, workshop):
    workshop.description = "**Bold** <script>alert(1)</script> [x](javascript:alert(1))"
    workshop.save()
    shown = shown(make_session())
    assert "<strong>Bold</strong>" in shown
    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown


def test_a_change_of_the_text_is_seen_at_once(shown, make_session, workshop):
    made = make_session()
    shown(made)
    workshop.objectives.create(position=1, text="Step in early.")
    assert "Step in early." in shown(made)


def test_only_a_session_to_come_promises_its_link(shown, make_session, office, now):
    coming, cancelled, held = make_session(minimum=1), make_session(days=20), make_session(days=30)
    cancelled.cancel("Snow.", by=office, now=now)
    Session.objects.filter(pk=held.pk).update(status="completed", confirmed_count=6, confirmed_minimum=6)
    assert "Online; the link comes with your invitation" in shown(coming)
    for over in (cancelled, held):
        over.refresh_from_db()
        assert "<dd>Online</dd>" in shown(over)
