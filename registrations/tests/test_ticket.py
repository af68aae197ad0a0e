"""The ticket: what one has is said once, with the way to join, to the calendar and out; and what comes before it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Format
from devtools.testing.page import read
from devtools.testing.registering import bring_near, join
from registrations.display.ticket import COMES_WITH_THE_INVITATION
from registrations.models import Accommodation, Nomination, Registration
from sessions_app.models import MeetingPlan, Session
from sessions_app.models.linking import LINK_COMES

pytestmark = pytest.mark.django_db
LINK = "https://meet.example.edu/quorum"


def ticket(client, own: Registration):
    return read(client.get(own.get_absolute_url()))


@pytest.fixture
def confirmed_seat(make_session, person, now) -> Registration:
    """The seat of `person` in a confirmed session online."""
    session = make_session(minimum=1, capacity=2)
    own = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return own


# ---- how it stands ----


@pytest.mark.parametrize("is_full", [False, True])
def test_that_one_has_a_seat_is_said_once(me, confirmed_seat, people, is_full):
    if is_full:
        join(confirmed_seat.session, people(1))
    page = ticket(me, confirmed_seat)
    assert page.text.lower().count("a seat") == 1 and "you have a seat" in page.text


def test_a_number_in_line_is_said_once(me, person, make_session, people):
    session = make_session(minimum=1, capacity=1)
    join(session, [*people(2), person])
    page = ticket(me, session.registrations.get(person=person))
    assert page.text.count("2nd") == 1 and "you are 2nd of 2 waiting" in page.text


def test_one_row_leads_to_another_date_to_colleagues_and_out(me, confirmed_seat):
    (row,) = ticket(me, confirmed_seat).parts(".q-quiet")
    assert row.link_names == ["Change the date", "Invite a colleague", "I can’t make it"]


# ---- joining ----


def test_on_the_day_join_is_a_button_and_before_it_an_address(me, confirmed_seat, now):
    assert LINK in ticket(me, confirmed_seat).text
    bring_near(confirmed_seat.session, now + timedelta(minutes=30), now)
    page = ticket(me, confirmed_seat)
    (button,) = [part for part in page.parts("a.btn-primary") if part.text.startswith("Join")]
    assert button.attribute("href") == LINK and LINK not in page.text


def test_the_link_to_join_goes_with_the_end(me, confirmed_seat, now):
    bring_near(confirmed_seat.session, now - timedelta(hours=3), now)
    assert LINK not in ticket(me, confirmed_seat).everything and LINK not in read(me.get("/my/")).everything


@pytest.mark.parametrize("page", ["ticket", "/my/"])
def test_the_link_to_join_is_for_people_with_a_seat(client, people, confirmed_seat, now, page):
    join(confirmed_seat.session, people(2))
    bring_near(confirmed_seat.session, now + timedelta(minutes=30), now)
    shown = {}
    for own in confirmed_seat.session.registrations.all():
        client.force_login(own.person)
        path = own.get_absolute_url() if page == "ticket" else page
        shown[own.status, own.pk] = LINK in read(client.get(path)).everything
    assert sorted(shown.values()) == [False, True, True]
    assert all(is_shown == (status == "registered") for (status, _), is_shown in shown.items())


@pytest.mark.parametrize(("has_link", "said"), [(True, COMES_WITH_THE_INVITATION), (False, LINK_COMES)])
def test_a_link_is_promised_only_where_there_is_one(me, mine, has_link, said):
    if not has_link:
        mine.session.meetings.update(join_link="")
    page = ticket(me, mine)
    assert said in page.text and LINK not in page.everything


def test_a_confirmed_session_without_a_link_says_that_it_comes(me, confirmed_seat):
    confirmed_seat.session.meetings.update(join_link="")
    assert LINK_COMES in ticket(me, confirmed_seat).text


def test_a_room_needs_no_link_and_says_how_to_get_there(me, person, make_session, room, session):
    room.directions, room.access = "Second floor.\nFollow the signs.", "Step-free from the plaza."
    room.save()
    plans = [MeetingPlan(one.starts_at, one.ends_at, one.time_zone, venue=room) for one in session.held_meetings]
    plans.append(MeetingPlan(plans[0].starts_at + timedelta(days=7), plans[0].ends_at + timedelta(days=7), "UTC", room))
    held = make_session(meetings=plans, format=Format.IN_PERSON)
    own = Registration.objects.register(person, held)
    page = ticket(me, own)
    assert "Learning Commons 210" in page.text and "link to join" not in page.text
    assert page.text.count("Getting to Learning Commons 210") == 1 == page.text.count("Follow the signs.")
    assert "Step-free from the plaza." in page.text


# ---- the calendar ----


def test_before_the_confirmation_the_file_and_afterwards_the_invitation(me, mine, people, now):
    page = ticket(me, mine)
    assert page.link("Add to calendar") == f"/registrations/{mine.uuid}/invitation.ics"
    assert "Send the invitation again" not in page.everything
    join(mine.session, people(5))
    mine.session.settle(now=now)
    page = ticket(me, mine)
    assert page.form("Send the invitation again").action == f"/registrations/{mine.uuid}/invitation/"
    assert "Add to calendar" not in page.everything


# ---- what comes before ----


def test_the_checklist_says_what_is_read_and_what_is_asked(me, confirmed_seat, workshop, office, now):
    workshop.pre_work = "Read the *introduction*."
    workshop.save()
    page = ticket(me, confirmed_seat)
    assert "Not read yet" in page.text and "Tell us what you need to take part" in page.text
    assert page.parts(".is-done") == []
    confirmed_seat.finish_pre_work(now=now)
    asked = Accommodation.objects.ask(confirmed_seat, "Captions.", now=now)
    page = ticket(me, confirmed_seat)
    assert "Read on" in page.text and "You have asked for what you need." in page.text
    assert len(page.parts(".is-done")) == 1
    asked.reply("They are on.", office, asked.asked_at, now=now)
    page = ticket(me, confirmed_seat)
    assert "There is an answer to what you asked for." in page.text and len(page.parts(".is-done")) == 2


# ---- a link to share ----


def test_the_link_to_share_is_a_field_that_can_be_marked(me, mine):
    field = ticket(me, mine).part("#address")
    assert field.attribute("value") == f"{settings.SITE_URL}{mine.session.get_absolute_url()}"
    assert field.attribute("readonly") is not None


def test_no_link_is_shared_to_what_nobody_can_join(me, mine, now):
    Session.objects.update(registration_closes_at=now)
    assert ticket(me, mine).parts("#address") == []


# ---- a neutral title ----


OWN_PAGES = ["", "transfer/", "withdrawal/", "pre-work/", "accommodation/", "seat/"]


@pytest.mark.parametrize("page", OWN_PAGES)
@pytest.mark.parametrize("waits", [False, True])
def test_no_heading_tab_or_link_of_ones_own_pages_gives_a_hidden_title_away(
    me, person, people, workshop, make_session, page, waits
):
    person.discreet_titles, workshop.pre_work = True, "Read."
    person.save(), workshop.save()
    session = make_session(minimum=1, capacity=1 if waits else 9)
    join(session, people(1))
    join(session, [person])
    own = session.registrations.get(person=person)
    shown = read(me.get(f"{own.get_absolute_url()}{page}", follow=True))
    assert workshop.title not in shown.title and "Training session" in shown.title
    assert workshop.title not in str(shown.headings())
    assert not [address for address in shown.addresses if workshop.slug in address]
    if not page:
        assert workshop.title in shown.text
        assert shown.part("#address").attribute("value").endswith("?neutral")


def test_without_that_choice_headings_and_tabs_name_the_workshop(me, mine, workshop):
    page = ticket(me, mine)
    assert (page.heading(), workshop.title in page.title) == (workshop.title, True)


def test_an_ended_place_does_not_give_a_hidden_title_away(me, mine, person, workshop):
    person.discreet_titles = True
    person.save()
    mine.withdraw(by=person)
    page = ticket(me, mine)
    assert page.link("See other dates") == f"{mine.session.get_absolute_url()}#dates"


# ---- my training ----


def test_a_row_leads_to_the_ticket_and_joins_on_the_day(me, confirmed_seat, make_session, person, now):
    later = Registration.objects.register(person, make_session(days=30), now=now)
    page = read(me.get("/my/"))
    assert {confirmed_seat.get_absolute_url(), later.get_absolute_url()} <= set(page.addresses)
    assert LINK not in page.addresses
    bring_near(confirmed_seat.session, now + timedelta(minutes=30), now)
    (button,) = [part for part in read(me.get("/my/")).parts("a.btn-primary") if part.text.startswith("Join")]
    assert button.attribute("href") == LINK


def test_a_nomination_says_who_asked_and_one_press_accepts_it(me, person, people, session, now):
    (by,) = people(1)
    (nomination,) = Nomination.objects.nominate([person.email], session, by=by, now=now)
    page = read(me.get("/my/"))
    assert f"{by} ({by.email}) asked you." in page.text and "0 of 6" in page.text
    assert [name for name in page.button_names if name.startswith("Accept:")]
    form = page.form(action=nomination.get_absolute_url())
    assert me.post(form.action, form.data | {"answer": "accept"}).status_code == 302
    assert session.registrations.registered().get().person == person
    assert "asked you" not in read(me.get("/my/")).text


def test_accepting_a_full_session_says_that_one_would_wait(me, person, people, make_session, now):
    session, (by, seated) = make_session(minimum=1, capacity=1), people(2)
    Nomination.objects.nominate([person.email], session, by=by, now=now)
    join(session, [seated])
    names = read(me.get("/my/")).button_names
    assert any(name.startswith("Accept and join the waitlist") for name in names)


def test_many_nominations_take_the_queries_of_one(me, person, people, make_session, now):
    def queries(count: int) -> int:
        (by,) = people(1)
        for number in range(count):
            Nomination.objects.nominate([person.email], make_session(days=20 + number), by=by, now=now)
        me.get("/my/")
        with CaptureQueriesContext(
            connection,
        ) as made:
            assert me.get("/my/").status_code == 200
        return len(made)

    assert queries(1) == queries(20)


@pytest.mark.parametrize("meetings", [1, 4])
def test_the_ticket_takes_the_same_queries_for_one_meeting_and_for_four(
    me, person, make_session, now, meetings, django_assert_num_queries
):
    plan = make_session().held_meetings[0]
    week = timedelta(days=7)
    plans = [
        MeetingPlan(plan.starts_at + n * week, plan.ends_at + n * week, plan.time_zone, join_link=LINK)
        for n in range(meetings)
    ]
    session = make_session(meetings=plans, minimum=1)
    own = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    me.get(own.get_absolute_url())
    # The browser session, the person, the registration, its meetings, the lead time of venues, what was asked for,
    # the pre-work of the library, a decline, the invitation, and the colleagues they nominated.
    with django_assert_num_queries(10):
        assert me.get(own.get_absolute_url()).status_code == 200


# ---- the other pages ----


def test_the_page_of_an_open_seat_says_when_and_where(me, person, people, make_session, now):
    session, (other,) = make_session(minimum=1, capacity=1), people(1)
    join(session, [other, person])
    session.settle(now=now)
    bring_near(session, now + timedelta(hours=5), now)
    session.registrations.get(person=other).withdraw(by=other, now=now)
    own = session.registrations.get(person=person)
    page = read(me.get(f"{own.get_absolute_url()}seat/"))
    assert "Take the seat" in page.button_names and "Online" in page.text
    assert read(me.get(own.get_absolute_url())).part("time").text in page.text


def test_a_nomination_says_who_learns_what_and_until_when_to_ask(me, person, people, session, now):
    (by,) = people(1)
    (nomination,) = Nomination.objects.nominate([person.email], session, by=by, now=now)
    page = read(me.get(nomination.get_absolute_url()))
    assert "Only the number of people in a session is shown, never who." in page.text
    assert f"{by} sees how many of the people they asked have accepted, not their names." in page.text
    assert "for an interpreter, or anything else that takes time to arrange." in page.text
    assert "You can tell us once you have accepted." in page.text and "needs" not in page.field_names
