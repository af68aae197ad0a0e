"""The months of the home page: what stands above rows, under one day, and where the rail leads."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from devtools.testing.page import Page, read
from foundation.kept.written import one_page
from foundation.values.zones import zone_of
from sessions_app.display.months import count_by_month, months, rail
from sessions_app.models import Session

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def at(*when: int, zone: str = "America/Chicago") -> Session:
    starts_at = datetime(*when, tzinfo=UTC)
    return Session(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), time_zone=zone)


def test_a_month_of_another_year_says_the_year_once_at_its_heading():
    found = months([at(2026, 12, 4, 18), at(2027, 1, 4, 18), at(2027, 2, 4, 18)], NOW, {})
    assert [month.name for month in found] == ["December", "January 2027", "February 2027"]


def test_a_heading_counts_its_month_on_every_page():
    (january,) = months([at(2027, 1, 4, 18)], NOW, {(2026, 12): 60, (2027, 1): 13})
    assert (january.number, january.anchor) == (13, "month-2027-01")


def test_two_zones_about_midnight_make_no_second_id():
    late = at(2027, 1, 1, 7, zone="Pacific/Honolulu")  # still December there
    found = months([at(2027, 1, 1, 6, 30), late, at(2027, 1, 1, 8)], NOW, {})
    assert [month.name for month in found] == ["January 2027", "December", "January 2027"]
    assert len({month.anchor for month in found}) == 3


COUNTS = {(2026, 12): 60, (2027, 1): 45, (2027, 2): 3}


def test_the_rail_leads_to_the_page_where_a_month_begins():
    stops = rail(COUNTS, NOW, "/", {"topic": "bias"}, page=2)
    assert [(stop.name, stop.number, stop.address) for stop in stops] == [
        ("Dec", 60, "/?topic=bias#month-2026-12"),
        ("Jan", 45, "#month-2027-01"),
        ("Feb", 3, "/?topic=bias&page=3#month-2027-02"),
    ]


def test_the_rail_says_a_year_where_another_begins():
    assert [stop.year for stop in rail(COUNTS, NOW, "/", {}, page=1)] == ["", "2027", ""]


def test_a_list_of_one_month_has_no_rail():
    assert rail({(2026, 12): 60}, NOW, "/", {}, page=1) == ()


def test_an_empty_list_leads_to_every_month_of_the_whole_one():
    assert [stop.address for stop in rail({(2026, 12): 2}, NOW, "/", {}, page=0)] == ["/#month-2026-12"]


@pytest.fixture
def home_by_months(client):
    """home("q=bias") returns the page."""

    def get(query: str = "") -> Page:
        return read(client.get(f"{reverse('home')}?{query}"))

    return get


def spread(first: Session, starts: list[datetime]) -> None:
    """Give `first` as many copies as there are `starts`, each a listed session that begins then."""
    copies = []
    for number, starts_at in enumerate(starts):
        copy = Session.objects.get(pk=first.pk)
        copy.pk, copy.code = None, f"copy{number:04}"
        copy.starts_at, copy.ends_at = starts_at, starts_at + timedelta(hours=1)
        copy.confirm_by = copy.registration_closes_at = starts_at - timedelta(days=1)
        copies.append(copy)
    Session.objects.bulk_create(copies)


@pytest.mark.django_db
def test_the_month_of_a_session_is_that_of_the_portals_clock(make_session, now):
    year = now.year + 1
    # The end of January in Chicago, and February in UTC.
    spread(make_session(days=10), [datetime(year, 2, 1, 3, tzinfo=UTC), datetime(year, 2, 1, 9, tzinfo=UTC)])
    counted = count_by_month(now, Session.objects.filter(starts_at__year__gte=year))
    assert counted == {(year, 1): 1, (year, 2): 1}


@pytest.mark.django_db
def test_a_month_far_away_is_counted_by_one_more_query(make_session, now, django_assert_num_queries):
    session = make_session(days=10)
    near, year = count_by_month(now), now.year
    # A course that began long ago and is still going on, and the last month of the century.
    spread(session, [datetime(year - 3, 5, 14, 18, tzinfo=UTC), datetime(2100, 12, 31, 18, tzinfo=UTC)])
    Session.objects.filter(starts_at__lt=now).update(ends_at=now + timedelta(days=20))
    # The first of three asks for the number by which counts are kept.
    with one_page(), django_assert_num_queries(1 + 2):
        assert count_by_month(now) == {(year - 3, 5): 1, **near, (2100, 12): 1}


@pytest.mark.django_db
def test_a_month_begins_at_its_first_instant(make_session, now):
    begin = datetime(now.year + 1, 3, 1, tzinfo=zone_of("America/Chicago"))
    spread(make_session(days=10), [begin - timedelta(seconds=1), begin, begin + timedelta(microseconds=1)])
    counted = count_by_month(now, Session.objects.filter(starts_at__year=now.year + 1))
    assert counted == {(now.year + 1, 2): 1, (now.year + 1, 3): 2}


@pytest.mark.django_db
def test_every_month_of_a_long_list_is_reached_where_it_begins(home_by_months, make_session, now):
    first = make_session(days=10)
    year = now.year + 1
    spread(first, [datetime(year, month, 5 + n % 20, 18, tzinfo=UTC) for month in (1, 2, 3) for n in range(40)])
    links = {part.text: part.attribute("href") for part in home_by_months().parts(".q-rail a")}
    for name, number in {"January": 1, "February": 2, "March": 3}.items():
        address = links[f"{name[:3]} 40"]
        path, _, anchor = address.partition("#")
        there = home_by_months(path.partition("?")[2])
        assert there.part(f"#{anchor}").text == f"{name} {year}"
        month = there.region(f"{name} {year}")
        assert month.parts("time.q-date")[0].attribute("datetime").startswith(f"{year}-{number:02}-05")
        assert "40 sessions" in month.text


@pytest.mark.django_db
def test_rows_of_one_day_stand_under_one_day_block(home_by_months, make_session, now):
    first = make_session(days=10)
    noon = datetime(now.year + 1, 3, 2, 18, tzinfo=UTC)
    spread(first, [noon, noon + timedelta(hours=2), noon + timedelta(days=1)])
    shown = [
        ("is-same" in row.attribute("class"), row.part("time b").text) for row in home_by_months().parts("li.q-row")[1:]
    ]
    assert shown == [(False, "2"), (True, "2"), (False, "3")]


@pytest.mark.django_db
def test_no_row_under_a_month_says_the_year(home_by_months, make_session, now):
    year = now.year + 1
    spread(make_session(days=10), [datetime(year, 3, 2, 18, tzinfo=UTC)])
    row = home_by_months().region(f"March {year}").part("li.q-row")
    assert str(year) not in row.text
