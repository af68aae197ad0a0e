"""The list of sessions: the soonest first, by week and by what each needs, with who leads it and where."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from catalog.models import Facilitator
from devtools.testing.cast import weekly
from devtools.testing.page import read
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
LIST = "/admin/sessions_app/session/"


def listed(client, **query) -> list[Session]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_the_soonest_is_first_and_what_is_over_last(clerk, make_session, now):
    later, sooner, over, long_over = (make_session(days=days) for days in (30, 3, 9, 8))
    for session, days in ((over, 3), (long_over, 300)):
        at = now - timedelta(days=days)
        Session.objects.filter(pk=session.pk).update(
            starts_at=at, ends_at=at + timedelta(hours=1), confirm_by=at - timedelta(days=1)
        )
    assert listed(clerk) == [sooner, later, over, long_over]


def test_a_row_says_who_leads_it_and_where(clerk, make_hybrid, make_session):
    Facilitator.objects.create(name="Ada Okafor").sessions.add(make_hybrid())
    make_session(days=20)
    first, second = read(clerk.get(LIST)).parts("#result_list tbody tr")
    assert first.part(".field-led_by").text == "Ada Okafor"
    assert first.part(".field-place").text == "Learning Commons 210, Online"
    assert second.part(".field-place").text == "Online"


def test_a_row_says_how_many_wait_where_somebody_does(clerk, make_session, people):
    session = make_session(minimum=1, capacity=1)
    for person in people(2):
        Registration.objects.register(person, session)
    assert "1 of 1; waiting: 1" in read(clerk.get(LIST)).text


@pytest.mark.parametrize("term", ["okafor", "ada", "bystander okafor", "ommons", "210 okafor"])
def test_a_facilitator_and_a_room_are_searched_for(clerk, make_hybrid, make_session, term):
    session, _other = make_hybrid(), make_session()
    Facilitator.objects.create(name="Ada Okafor").sessions.add(session)
    assert listed(clerk, q=term) == [session]


def test_each_need_finds_the_sessions_that_have_it(clerk, make_session, people, office, now):
    leader = Facilitator.objects.create(name="Ada Okafor")
    short, soon, asked, lost, draft = (make_session(days=days, minimum=2) for days in (30, 9, 25, 20, 15))
    no_link = make_session(days=35, minimum=1)
    led = [short, soon, asked, lost, draft, no_link]
    leader.sessions.add(*led)
    nobody = make_session(days=40)
    for person in people(2):
        registration = Registration.objects.register(person, lost)
    lost.settle()
    registration.withdraw(by=registration.person)
    Session.objects.filter(pk=asked.pk).update(asked_at=now)
    no_link.meetings.update(join_link="")
    found = {
        name: {one.pk for one in listed(clerk, needs=name)}
        for name in ("answer", "soon", "below", "link", "facilitator")
    }
    assert found == {
        "answer": {asked.pk},
        "soon": {soon.pk},
        "below": {lost.pk},
        "link": {no_link.pk},
        "facilitator": {nobody.pk},
    }
    assert {one.pk for one in listed(clerk, needs="short")} == {one.pk for one in [*led, nobody] if one != lost}


def monday_of(session: Session) -> date:
    day = session.starts_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return day - timedelta(days=day.weekday())


def test_a_week_has_the_sessions_that_meet_in_it(clerk, make_session):
    once, twice = make_session(days=10), make_session(days=24, meetings=weekly(2, 17), minimum=1)
    week = monday_of(once)
    assert [listed(clerk, week=(week + timedelta(weeks=number)).isoformat()) for number in (0, 1, 2, 3)] == [
        [once],
        [twice],
        [twice],
        [],
    ]


def test_a_week_far_away_has_its_address_and_offers_its_neighbors(clerk, session):
    page = read(clerk.get(LIST, {"week": "2031-05-12"}))
    weeks = [link.name for link in page.part("#changelist-filter").links() if link.name.startswith("From Mon, May")]
    assert weeks == ["From Mon, May 5, 2031", "From Mon, May 12, 2031", "From Mon, May 19, 2031"]


@pytest.mark.parametrize("week", ["2031-05-13", "x", "1999-12-27", "2031-13-01", "\0x", "9" * 40, "2031-W20-1"])
def test_what_is_no_week_shows_the_whole_list(clerk, session, week):
    response = clerk.get(LIST, {"week": week}, follow=True)
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert response.redirect_chain == [(f"{LIST}?e=1", 302)]


def test_a_cell_says_its_column_on_a_phone(clerk, session):
    page = read(clerk.get(LIST))
    labels = ["Date", "Workshop", "Led by", "Place", "Registered", "State", "Confirm by", "Seats"]
    cells = [part for label in labels for part in page.parts(f'#result_list tbody [data-label="{label}"]')]
    assert len(cells) == len(page.parts("#result_list tbody [data-label]")) == len(labels)
    assert cells[2].text == "–" and cells[3].text == "Online"
