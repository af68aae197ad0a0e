"""The dates to come, written as a table and handed back: as they are they change nothing, whatever is there."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.utils import timezone

from accounts.models import Campus
from catalog.models import Facilitator, Workshop
from devtools.testing.cast import ZONE, weekly
from notifications.models import Notice
from registrations.models import Registration
from sessions_app.models import Place, Session, Venue
from sessions_app.schedule_import.foreseeing import foresee
from sessions_app.schedule_import.importing import import_schedule, venue_zones
from sessions_app.schedule_import.reading import read_schedule
from sessions_app.schedule_import.writing import table_of

pytestmark = pytest.mark.django_db
LINKS = ("https://meet.example.edu/1", "https://meet.example.edu/2")


class HandedBack:
    """The table of every session: `text` writes it, `see` shows what becomes of it, `take` takes it in."""

    def __init__(self, by):
        self.by = by

    def table(self):
        held = Session.objects.prefetch_related("facilitators", "meetings__venue__campus").order_by("starts_at", "pk")
        return table_of(list(held))

    def text(self, table=None) -> bytes:
        written = StringIO()
        csv.writer(written).writerows(table or self.table())
        return written.getvalue().encode()

    def see(self, table=None):
        return foresee(*read_schedule(self.text(table), ZONE, venue_zones()), timezone.now()).rows

    def take(self, table=None):
        return import_schedule(self.text(table), self.by, ZONE)

    def changes(self, table=None):
        """What each row changes, or why it cannot; and nothing is a new session."""
        rows = self.see(table)
        assert not any(row.is_fresh for row in rows)
        return [row.problem or row.changes for row in rows]


@pytest.fixture
def handed_back(office):
    return HandedBack(office)


@pytest.fixture
def with_links(make_session, office, people):
    """with_links(first, second): a published session online that meets twice, with two people in it."""

    def make(*links):
        session = make_session(meetings=weekly(2, 14))
        for person in people(2):
            Registration.objects.register(person, session)
        places = zip(session.meetings.all(), links, strict=True)
        session.relocate({meeting: Place(None, link) for meeting, link in places}, by=office)
        return session

    return make


# ---- as they are ----


@pytest.mark.parametrize("links", [(LINKS[0], ""), ("", LINKS[1]), LINKS], ids=["first", "second", "both"])
def test_each_meeting_stays_where_it_is(handed_back, with_links, links):
    session, told = with_links(*links), Notice.objects.count()
    assert handed_back.changes() == [[]]
    assert handed_back.take().changed == [] and Notice.objects.count() == told
    assert [one.join_link for one in session.meetings.all()] == list(links)


def test_a_meeting_in_a_room_stays_the_only_one_in_it(handed_back, with_links, office, room):
    session = with_links("", "")
    session.relocate({session.meetings.first(): Place(room, "")}, by=office)
    assert handed_back.changes() == [[]]


def test_a_session_that_has_begun_is_no_hindrance(handed_back, with_links):
    session = with_links(LINKS[0], "")
    during = session.starts_at + timedelta(minutes=5)
    (row,) = foresee(*read_schedule(handed_back.text(), ZONE, venue_zones()), during).rows
    assert (row.problem, row.changes) == ("", [])


def test_groups_that_meet_at_once_stay_two(handed_back, make_session):
    first, second = make_session(), make_session()
    assert handed_back.changes() == [[], []]
    table = handed_back.table()
    table[2][table[0].index("capacity")] = 11
    assert handed_back.take(table).changed == [second]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.capacity, second.capacity) == (24, 11)


def test_a_row_without_a_code_beside_one_with_it_is_another_group(handed_back, make_session):
    make_session()
    table = handed_back.table()
    table.append(list(table[1]))
    table[2][table[0].index("code")] = ""
    assert [row.is_fresh for row in handed_back.see(table)] == [False, True]
    assert len(handed_back.take(table).sessions) == 1
    assert handed_back.take(table).known_already == Session.objects.count() == 2  # twice adds nothing


def test_titles_that_differ_in_their_case_keep_their_sessions(handed_back, make_session):
    for title, slug in (("Allyship", "one"), ("ALLYSHIP", "two")):
        make_session(workshop=Workshop.objects.create(title=title, slug=slug, status=Workshop.Status.PUBLISHED))
    assert handed_back.changes() == [[], []]
    table = handed_back.table()
    for row in table[1:]:
        row[table[0].index("capacity")] = 11
    handed_back.take(table)
    assert set(Session.objects.values_list("workshop__title", "capacity")) == {("Allyship", 11), ("ALLYSHIP", 11)}


# ---- who leads them ----


@pytest.fixture
def namesakes():
    """Two people called Ada Okafor, and Ben Rivera."""
    return [Facilitator.objects.create(name=name) for name in ("Ada Okafor", "Ada Okafor", "Ben Rivera")]


@pytest.mark.parametrize("leading", [(0,), (1, 2), (0, 1, 2)])
def test_a_namesake_who_leads_goes_on_leading(handed_back, make_session, office, namesakes, leading):
    session, leads = make_session(), [namesakes[number] for number in leading]
    session.appoint(leads, by=office)
    assert handed_back.changes() == [[]]
    assert handed_back.take().changed == [] and set(session.facilitators.all()) == set(leads)


@pytest.mark.parametrize("leading", [(2,), (0, 1)])
def test_nobody_guesses_which_namesake_is_meant(handed_back, make_session, office, namesakes, leading):
    make_session().appoint([namesakes[number] for number in leading], by=office)
    table = handed_back.table()
    table[1][table[0].index("facilitators")] = "ada okafor"
    (said,) = handed_back.changes(table)
    assert said.startswith("More than one facilitator is called “ada okafor”.")


def test_who_stands_first_is_written_first(handed_back, make_session, office, namesakes):
    session = make_session()
    session.appoint(namesakes[1:], by=office)
    session.put_first(namesakes[2], by=office)
    table = handed_back.table()
    assert table[1][table[0].index("facilitators")] == "Ben Rivera; Ada Okafor"
    assert handed_back.changes() == [[]]


# ---- corrected ----


def test_an_added_meeting_is_where_the_first_one_is(handed_back, with_links):
    session = with_links(LINKS[0], "")
    table = handed_back.table()
    table[0] += [f"{name} 3" for name in ("date", "start", "end")]
    table[1] += [timezone.localdate() + timedelta(days=60), "9:00", "10:00"]
    handed_back.take(table)
    assert [one.join_link for one in session.meetings.all()] == [LINKS[0], "", LINKS[0]]


def test_a_new_format_takes_every_meeting_along(handed_back, with_links):
    """A meeting that was online has no room to stay in: it is in that of the first one."""
    session = with_links(*LINKS)
    venue = Venue.objects.create(campus=Campus.objects.create(name="North"), building="Annex", room="1", capacity=40)
    table = handed_back.table()
    for name, cell in (("format", "in person"), ("venue", "Annex 1"), ("join link", ""), ("join link 2", "")):
        table[1][table[0].index(name)] = cell
    handed_back.take(table)
    assert [one.place for one in session.meetings.all()] == [Place(venue, "")] * 2


def test_a_meeting_that_is_held_no_more_needs_no_room(handed_back, with_links):
    session = with_links(*LINKS)
    Venue.objects.create(campus=Campus.objects.create(name="North"), building="Annex", room="1", capacity=40)
    table = handed_back.table()
    new = {"format": "in person", "venue": "Annex 1", "join link": ""}
    new |= {f"{name} 2": "" for name in ("date", "start", "end", "venue", "join link", "time zone")}
    for name, cell in new.items():
        table[1][table[0].index(name)] = cell
    (said,) = handed_back.changes(table)
    assert "It is held in person, before online. Everybody stays in it." in said
    handed_back.take(table)
    session.refresh_from_db()
    assert session.format == "in_person" and str(session.meetings.get().venue) == "Annex 1"


def test_fewer_seats_by_another_format_are_said_before(handed_back, make_hybrid):
    """The room keeps its seats, and those online are gone: nobody had typed a capacity."""
    session = make_hybrid(in_room=20, online=30)
    table = handed_back.table()
    for name, cell in (("format", "in person"), ("capacity", "")):
        table[1][table[0].index(name)] = cell
    (said,) = handed_back.changes(table)
    assert said == [
        "The capacity changes from 50 to 20.",
        "It is held in person, before online and in person. Everybody stays in it.",
    ]
    handed_back.take(table)
    session.refresh_from_db()
    assert (session.format, session.capacity) == ("in_person", 20)
