"""A row's HTML is kept under exactly the values it shows: change one, and it is another row."""

import pytest

from devtools.testing.meter import Seat
from devtools.testing.page import Page
from sessions_app.display.meter import Meter, State
from sessions_app.display.rows import Card, Row, card_html, listing, place_of, row, row_html

METER = Meter(State.GATHERING, "", ("on", ""), "1 of 2", True, " · 1 more by ", "Fri May 10", "2024-05-10T17:00-05:00")
ROW = Row(
    *("abcdefgh", "Implicit Bias", "Tue", 14, "May", "", "2024-05-14T12:30-05:00", "Tue May 14", "12:30–2:00 PM", ""),
    *("Online", METER, "Register", "register", "abcdefgh", True, 3),
)
CARD = Card("abcdefgh", "Implicit Bias", "2024-05-14T12:30-05:00", "Tue, May 14 · Noon", "90 minutes · Online", METER)
OTHER = {
    "day": 15,
    "meter": METER._replace(lead="2 of 2"),
    "leads_to": "session",
    "by_workshop": False,
    "level": 5,
    "same_day": True,
}
OTHER_IN_THE_METER = {"state": State.CANCELLED, "dots": ("on", "on"), "counts": False, "shape": "qm-join qm-yes"}


@pytest.mark.parametrize("field", Row._fields)
def test_a_row_shows_each_of_its_values(field):
    assert row_html(ROW._replace(**{field: OTHER.get(field, "other")})) != row_html(ROW)


@pytest.mark.parametrize("field", Meter._fields)
def test_a_row_shows_each_value_of_its_meter(field):
    other = METER._replace(**{field: OTHER_IN_THE_METER.get(field, "other")})
    assert row_html(ROW._replace(meter=other)) != row_html(ROW)


@pytest.mark.parametrize("field", Card._fields)
def test_a_card_shows_each_of_its_values(field):
    assert card_html(CARD._replace(**{field: OTHER.get(field, "other")})) != card_html(CARD)


def test_what_people_wrote_is_escaped():
    page = Page(row_html(ROW._replace(title="<script>alert(1)</script>")))
    assert "<script>alert(1)</script>" in page.text and page.parts("script") == []


@pytest.mark.parametrize(
    ("format", "building", "words"),
    [
        ("online", None, "Online"),
        ("in_person", "Learning Commons", "Learning Commons 210"),
        ("hybrid", "Learning Commons", "Learning Commons 210 or online"),
        ("in_person", None, "In person"),
    ],
)
def test_a_place_has_words_for_every_format(format, building, words):
    assert place_of(format, building, "210") == words


def test_a_row_names_several_meetings_and_the_zone(make_session, now):
    from sessions_app.models import MeetingPlan, Session

    first = make_session(days=20).meetings.get()
    zone = "America/New_York"
    plans = [MeetingPlan(first.starts_at, first.ends_at, zone)]
    plans.append(MeetingPlan(first.starts_at.replace(hour=20), first.ends_at.replace(hour=22), zone))
    made = make_session(meetings=plans)
    shown = row(listing(Session.objects.filter(pk=made.pk)).get(), now, home_zone="America/Chicago")
    assert "Eastern time, several meetings until" in shown.times


def test_the_button_leads_where_the_viewer_can_act(make_session, now):
    from sessions_app.models import Session

    made = listing(Session.objects.filter(pk=make_session().pk)).get()
    mine = Seat()
    mine.uuid = "11111111-1111-1111-1111-111111111111"
    assert row(made, now)[-6:-3] == ("Register", "register", made.code)
    assert row(made, now, mine)[-6:-3] == ("Manage", "registration", mine.uuid)
    assert row(made, made.starts_at)[-6:-3] == ("Other dates", "workshop", "bystander-interventions")
