"""The page of one session, in the states its verbs can reach."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Campus
from catalog.models import Facilitator, Format
from devtools.testing.page import Page, read
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session, Venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(client):
    """page_of(session) returns the page of the session, or the page of another name."""

    def get(session: Session, name: str = "session", status: int = 200, query: str = "") -> Page:
        page = read(client.get(reverse(name, args=[session.code]) + query))
        assert page.status == status
        return page

    return get


def fill(session, people, count):
    for person in people(count):
        Registration.objects.register(person, session)


def test_a_gathering_session_asks_to_register(page_of, make_session, people):
    made = make_session()
    fill(made, people, 4)
    shown = page_of(made)
    assert "Two more and it’s confirmed" in shown.text
    assert shown.parts(f"#qm-{made.code}") != []
    button = shown.part("#panel-button")
    assert (button.text, button.attribute("href")) == ("Register", reverse("register", args=[made.code]))


def test_the_sixth_is_confirming_and_the_panel_asks_again_until_it_is(page_of, make_session, people):
    made = make_session()
    fill(made, people, 6)
    shown = page_of(made)
    assert "confirming now" in shown.text
    again = reverse("meter", args=[made.code])
    assert shown.part("[hx-get]").attribute("hx-get") == f"{again}?asked=0"
    assert page_of(made, "meter", query="?asked=0").part("[hx-get]").attribute("hx-get") == f"{again}?asked=1"
    assert "hx-get" not in page_of(made, "meter", query="?asked=15").everything
    made.settle()
    settled = page_of(made, "meter", query="?asked=0")
    assert "hx-get" not in settled.everything
    assert "It’s happening" in settled.text
    say = settled.part("#say")
    assert (say.text, say.attribute("hx-swap-oob")) == ("Confirmed. The session takes place.", "innerHTML")


def test_confirming_takes_add_to_calendar_off_the_page_of_those_in_it(page_of, client, make_session, people):
    made = make_session()
    mine, *others = people(6)
    for person in (mine, *others):
        Registration.objects.register(person, made)
    client.force_login(mine)
    assert page_of(made).part("#panel-calendar").link_names == ["Add to calendar"]
    assert page_of(made, "meter", query="?asked=0").parts("#panel-calendar") == []
    made.settle()
    gone = page_of(made, "meter", query="?asked=0").part("#panel-calendar")
    assert gone.attribute("hx-swap-oob") == "delete"
    assert page_of(made).parts("#panel-calendar") == []
    client.logout()
    assert page_of(made, "meter", query="?asked=0").parts("#panel-calendar") == []


@pytest.mark.parametrize("asked", ["x", "-1", "%00", "9" * 5000, "٣"])
def test_an_impossible_count_of_asking_ends_it(page_of, make_session, people, asked):
    made = make_session()
    fill(made, people, 6)
    assert "hx-get" not in page_of(made, "meter", query=f"?asked={asked}").everything


def test_a_full_session_offers_its_waitlist(page_of, make_session, people):
    made = make_session(capacity=6)
    fill(made, people, 7)
    made.settle()
    assert "This session is full" in page_of(made).text
    assert "Join the waitlist" in page_of(made).link_names


def test_a_cancelled_session_leads_to_other_dates(page_of, make_session, office):
    made = make_session()
    made.cancel("The facilitator is ill.", by=office)
    assert "This session was cancelled" in page_of(made).text
    assert "See other dates" in page_of(made).text


def test_a_held_session_says_so(page_of, make_session, people, office, now):
    made = make_session()
    fill(made, people, 6)
    made.settle()
    made.settle(now=made.ends_at + timedelta(minutes=1))
    assert "This session has been held" in page_of(made).text


def test_a_draft_is_seen_by_the_office_alone(page_of, client, make_session, office, person):
    made = make_session(published=False)
    page_of(made, status=404)
    client.force_login(person)
    page_of(made, status=404)
    client.force_login(office)
    assert "This is a draft" in page_of(made).text


def test_an_unlisted_session_is_reached_by_its_link(page_of, make_session):
    assert "only people with its link see it" in page_of(make_session(listed=False)).text


@pytest.mark.parametrize(
    "path", ["/sessions/nothere/", "/sessions/%00/", "/sessions/nothere/meter/", f"/sessions/{'x' * 5000}/"]
)
def test_a_session_that_is_not_there_is_404(client, db, path):
    assert client.get(path).status_code == 404


def test_the_join_link_is_for_people_with_a_seat_once_confirmed(page_of, client, make_session, people, person):
    made, link = make_session(capacity=7), "https://meet.example.edu/quorum"
    Registration.objects.register(person, made)
    client.force_login(person)
    assert link not in page_of(made).everything
    fill(made, people, 6)
    made.settle()
    assert link in page_of(made).text
    waiting = people(1)[0]
    Registration.objects.register(waiting, made)
    client.force_login(waiting)
    assert link not in page_of(made).everything
    client.logout()
    assert link not in page_of(made).everything


def test_people_see_their_own_place_and_the_way_out(page_of, client, make_session, person):
    made = make_session()
    registration = Registration.objects.register(person, made)
    client.force_login(person)
    shown = page_of(made)
    assert "You’re registered" in shown.text
    assert reverse("withdrawal", args=[registration.uuid]) in shown.addresses
    assert reverse("nominate", args=[made.code]) in shown.addresses


def test_who_registered_is_never_shown(page_of, make_session, person):
    made = make_session()
    Registration.objects.register(person, made)
    assert person.name not in page_of(made).everything


def test_several_meetings_are_listed_with_their_dates_and_rooms(page_of, make_session, office, now):
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
    shown = page_of(make_session(meetings=plans, format=Format.IN_PERSON))
    assert "Two meetings, taken together, Central time" in shown.text
    assert shown.text.count("Noon–1:30 PM") >= 2
    assert "House 0" in shown.text and "Getting to House 1" in shown.text


def test_the_room_its_access_and_the_way_there_are_shown(page_of, make_session):
    campus = Campus.objects.create(name="West")
    venue = Venue.objects.create(
        campus=campus, building="Learning Commons", room="210", directions="Second floor.", access="Step-free entrance."
    )
    first = make_session().meetings.get()
    plan = MeetingPlan(first.starts_at, first.ends_at, "America/Chicago", venue=venue)
    shown = page_of(make_session(meetings=[plan], format=Format.IN_PERSON))
    for words in ("Learning Commons 210", "Second floor.", "Step-free entrance.", "In person"):
        assert words in shown.text


def test_facilitators_are_named_as_they_wish(page_of, make_session):
    facilitators = [Facilitator.objects.create(name="Tolu Adeyemi", credentials="MD", pronouns="they/them")]
    assert "Online, with Tolu Adeyemi, MD (they/them)" in page_of(make_session(facilitators=facilitators)).text


def test_other_dates_are_those_one_can_still_join(page_of, make_session, office):
    made, other, cancelled = make_session(days=10), make_session(days=20), make_session(days=30)
    cancelled.cancel("Illness.", by=office)
    shown = page_of(made)
    assert reverse("session", args=[other.code]) in shown.addresses
    assert reverse("session", args=[cancelled.code]) not in shown.everything


def test_descriptions_are_markdown_made_safe(page_of, make_session, workshop):
    workshop.description = "**Bold** <script>alert(1)</script> [x](javascript:alert(1))"
    workshop.save()
    shown = page_of(make_session())
    assert "Bold" in [part.text for part in shown.parts("strong")]
    assert shown.inline_code == []


def test_a_change_of_the_text_is_seen_at_once(page_of, make_session, workshop):
    made = make_session()
    page_of(made)
    workshop.objectives.create(position=1, text="Step in early.")
    assert "Step in early." in page_of(made).text


def test_only_a_session_to_come_promises_its_link(page_of, make_session, office, now):
    coming, cancelled, held = make_session(minimum=1), make_session(days=20), make_session(days=30)
    cancelled.cancel("Snow.", by=office, now=now)
    Session.objects.filter(pk=held.pk).update(status="completed", confirmed_count=6, confirmed_minimum=6)
    assert "Online; the link comes with your invitation" in page_of(coming).text
    for over in (cancelled, held):
        over.refresh_from_db()
        assert "Online" in [part.text for part in page_of(over).parts("dd")]
