"""The home page by month: which session stands on which day, what each entry says, and where the links lead."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from catalog.models import Topic
from devtools.bench.data import make_meeting, make_session
from devtools.testing.cast import weekly
from devtools.testing.page import Page, read
from foundation.dates import local
from registrations.models import Registration
from sessions_app.display.month import MOST
from sessions_app.models import Meeting, MeetingPlan, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def month(client) -> Callable[..., Page]:
    """month("m=2027-01") returns the page."""

    def get(query: str = "", status: int = 200, **headers) -> Page:
        response = client.get(f"{reverse('home')}?view=month&{query}", headers=headers)
        assert response.status_code == status
        return read(response)

    return get


def month_of(session: Session) -> str:
    return f"m={local(session.starts_at, session.time_zone):%Y-%m}"


def days(page: Page) -> dict[str, list[str]]:
    """Return the titles on each day that has any, by its date."""
    cells = page.parts(".q-cal td.has")
    return {
        cell.part(".q-day time").attribute("datetime"): [part.text for part in cell.parts(".q-what")] for cell in cells
    }


def test_a_session_stands_on_its_own_day(month, make_session):
    made = make_session()
    day = f"{local(made.starts_at, made.time_zone):%Y-%m-%d}"
    page = month(month_of(made))
    assert days(page) == {day: ["Bystander Interventions"]}
    assert page.headings()[0] == f"{local(made.starts_at, made.time_zone):%B %Y}"
    entry = page.part(".q-entry")
    assert entry.attribute("href") == made.get_absolute_url()
    assert entry.text.endswith("Noon 0 of 6 registered")


def test_the_day_is_that_of_the_sessions_own_calendar(month, make_session, now):
    late = datetime(now.year + 1, 3, 1, 3, tzinfo=UTC)
    for zone in ("America/Chicago", "Asia/Kathmandu"):
        make_session(meetings=[MeetingPlan(late, late + timedelta(hours=1), zone)])
    eve = late - timedelta(days=1)
    assert list(days(month(f"m={eve:%Y-%m}"))) == [f"{eve:%Y-%m-%d}"]
    page = month(f"m={late:%Y-%m}")
    assert list(days(page)) == [f"{late:%Y-%m-%d}"]
    assert "8:45 AM Asia/Kathmandu time" in page.part(".q-entry").text


def test_a_session_of_several_meetings_stands_on_each_of_their_days(month, make_session, office, now):
    plans = weekly(3)
    made = make_session(meetings=plans)
    made.cancel_meeting(made.meetings.last(), "The room is taken.", by=office)
    found = {
        day: what
        for query in {f"m={plan.starts_at:%Y-%m}" for plan in plans}
        for day, what in days(month(query)).items()
    }
    assert sorted(found) == [f"{local(plan.starts_at, plan.time_zone):%Y-%m-%d}" for plan in plans[:2]]


def test_a_cancelled_session_is_struck_and_says_so(month, make_session, office):
    made = make_session()
    made.cancel("The facilitator is ill.", by=office)
    entry = month(month_of(made)).part(".q-entry")
    assert entry.part("s").text == "Bystander Interventions"
    assert entry.text.endswith("Cancelled")
    assert "is-off" in entry.attribute("class")


def test_the_viewers_own_dates_are_marked_for_them_alone(month, client, make_session, people):
    me, other = people(2)
    made = make_session()
    Registration.objects.register(other, made)
    assert "You’re registered" not in month(month_of(made)).everything
    Registration.objects.register(me, made)
    client.force_login(me)
    entry = month(month_of(made)).part(".q-entry.is-own")
    assert entry.text.endswith("2 of 6 registered You’re registered")
    assert other.name not in month(month_of(made)).everything


def test_today_is_marked_in_this_month_and_nowhere_else(month, workshop, now):
    session = make_session(workshop, 0, now)
    session.starts_at, session.ends_at = now - timedelta(minutes=5), now + timedelta(hours=1)
    session.confirm_by = session.registration_closes_at = session.starts_at
    session.save()
    make_meeting(session, None).save()
    today = local(session.starts_at, "America/Chicago")
    assert [part.part(".q-day time").attribute("datetime") for part in month().parts("[aria-current=date]")] == [
        f"{local(now, 'America/Chicago'):%Y-%m-%d}"
    ]
    assert "Today" in month().part("[aria-current=date]").text and list(days(month())) == [f"{today:%Y-%m-%d}"]
    assert month(f"m={now.year + 2}-01").parts("[aria-current=date]") == []


def test_a_day_with_many_leads_to_the_list_of_that_day(month, client, workshop, now):
    sessions = Session.objects.bulk_create(make_session(workshop, number % 8, now) for number in range(MOST + 12))
    Meeting.objects.bulk_create(make_meeting(session, None) for session in sessions)
    first = Session.objects.first()
    page = month(f"{month_of(first)}&audience=staff")
    assert page.part(".q-cal caption").text.startswith(f"{MOST + 12} dates in ")
    assert len(page.parts(".q-entry")) == MOST
    more = page.part(".q-others")
    day = local(first.starts_at, first.time_zone)
    assert more.text == f"12 more on {day:%A, %B} {day.day}"
    assert more.attribute("href") == f"/?day={day:%Y-%m-%d}&audience=staff#sessions"
    assert len(read(client.get(more.attribute("href"))).parts("li.q-row")) == MOST + 12


def test_filters_apply_and_stay_in_every_link(month, make_session, workshop):
    workshop.topics.add(Topic.objects.create(name="Bias", slug="bias"))
    Topic.objects.create(name="Rest", slug="rest")
    made = make_session()
    page = month(f"{month_of(made)}&topic=bias&when=noon")
    assert len(page.parts(".q-entry")) == 1
    after = "view=month&" + month_of(made)
    assert page.part("#chip-online").attribute("href") == f"/?format=online&when=noon&topic=bias&{after}"
    assert page.part("#as-list").attribute("href") == "/?when=noon&topic=bias#sessions"
    assert page.part("#as-months").attribute("href") == f"/?when=noon&topic=bias&{after}"
    assert page.part("#clear").attribute("href") == f"/?{after}"
    assert page.part("#later").attribute("href").startswith("/?when=noon&topic=bias&view=month&m=")
    hidden = {part.attribute("name"): part.attribute("value") for part in page.parts(".q-find input[type=hidden]")}
    assert hidden == {"when": "noon", "topic": "bias", "view": "month", "m": month_of(made)[2:]}
    assert month(f"{month_of(made)}&when=evening").parts(".q-entry") == []
    assert month(f"{month_of(made)}&topic=rest").parts(".q-entry") == []
    assert len(month(f"{month_of(made)}&q=bystander").parts(".q-entry")) == 1


def test_the_list_leads_to_the_month_with_its_filters(client, make_session):
    make_session()
    page = read(client.get("/?weekday=mon+tue+wed+thu+fri+sat+sun&status=needs-people"))
    assert page.part("#as-months").attribute("href") == (
        "/?status=needs-people&weekday=mon+tue+wed+thu+fri+sat+sun&view=month"
    )


def test_months_turn_by_their_names_and_not_into_the_past(month, now):
    this = local(now, "America/Chicago")
    page = month()
    assert page.parts("#earlier, #today") == []
    assert page.part("#later").attribute("rel") == "next"
    page = month(f"m={this.year + 1}-12")
    assert (page.part("#earlier").text, page.part("#later").text) == (
        "←\N{NO-BREAK SPACE}November",
        f"January {this.year + 2}\N{NO-BREAK SPACE}→",
    )
    assert page.part("#today").attribute("href") == f"/?view=month&m={this:%Y-%m}"
    assert month("m=2100-12").parts("#later") == []


def test_a_month_without_dates_leads_to_the_next_that_has_some(month, make_session, now):
    made = make_session(days=100)
    day = local(made.starts_at, made.time_zone)
    assert month().headings()[0] == f"{day:%B %Y}", "without a month, the first that has any"
    page = month(f"m={local(now, 'America/Chicago'):%Y-%m}")
    assert page.parts(".q-cal") == [] and "No more sessions in" in page.text
    assert page.link(f"The next one is in {day:%B %Y}") == f"/?view=month&m={day:%Y-%m}"
    assert "is over." in month("m=2024-01").text
    assert "No sessions in the evening in" in month("when=evening").text
    assert month("when=evening").link("Show all sessions").startswith("/?view=month&m=")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("m=2024-13", "There is no such month. Write it like 2027-01."),
        ("m=2024-1", "There is no such month. Write it like 2027-01."),
        ("m=٢٠٢٤-٠١", "There is no such month. Write it like 2027-01."),
        ("m=%00", "There is no such month."),
        ("m=9999-12", "Choose a month of the years 2000 to 2100."),
        ("m=0001-01", "Choose a month of the years 2000 to 2100."),
        ("m=0000-00", "There is no such month. Write it like 2027-01."),
        ("m=2027-01&m=2027-02", "Choose one month at a time."),
        ("when=never", "There is no such time of the day."),
    ],
)
def test_an_impossible_month_is_named_and_the_first_one_shown(month, make_session, now, query, sentence):
    made = make_session(days=100)
    page = month(f"{query}&q=bystander", status=400)
    assert sentence in page.part("[role=alert]").text
    assert page.field("Search workshops, programs, people and resources").value == "bystander"
    assert page.headings()[0] == f"{local(made.starts_at, made.time_zone):%B %Y}"


def test_two_views_at_once_are_refused(client):
    response = client.get("/?view=list&view=month")
    assert response.status_code == 400 and "Choose one view at a time." in read(response).text


@pytest.mark.parametrize("asked", ["m=2000-01", "m=2100-12", "m=2024-02", "page=7", "utm_source=mail"])
def test_every_month_there_is_is_answered(month, asked):
    month(asked)


def test_htmx_gets_the_month_alone_with_its_title(month, make_session):
    made = make_session()
    day = local(made.starts_at, made.time_zone)
    page = month(month_of(made), **{"HX-Request": "true"})
    assert not page.is_whole and page.parts("header, main") == []
    assert page.part("#say").text == f"{day:%B %Y}: 1 date. 1 session in all months."
    assert f"<title>{day:%B %Y} · Quorum</title>" in page.everything or page.part("title").text.startswith(
        f"{day:%B %Y}"
    )
