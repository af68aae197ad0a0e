"""Attendance and completion in numbers: counted right, for the year that is asked for, and nobody is named."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Program, Workshop
from devtools.testing.page import read
from foundation.files.spreadsheet import as_csv
from office.numbers import attendance
from office.numbers.attendance import Figures, together, year_of, years_with_sessions
from office.numbers.completion import completions
from outcomes.attended import presence_of, sheet_of
from outcomes.models import Attendance
from outcomes.record.windows import Span
from registrations.models import PriorAttendance, Registration
from registrations.progress import progress, taken_by, taken_by_all

pytestmark = pytest.mark.django_db
PAGE = "/admin/sessions_app/session/numbers/"
EVER = Span(date(2000, 1, 2), date(2099, 12, 30))


def mark(session, index, state, by, source="roster", minutes=None) -> None:
    registration = session.registrations.order_by("pk")[index]
    for meeting in session.meetings.all():
        Attendance.objects.mark(meeting, registration, state, source, by=by, minutes=minutes)


def the_only(now) -> Figures:
    (line,) = year_of(EVER, now).sessions
    return line.figures


# ---- one session ----


def test_each_registered_person_is_here_absent_or_not_known(hold, office, now):
    session = hold(7, here=4)
    mark(session, 4, "absent", office)
    mark(session, 5, "unsure", office)
    assert the_only(now) == Figures(registered=7, here=4, absent=1, unknown=2, open_lists=1)
    assert the_only(now).no_show_share == "20 %"


def test_of_nobody_known_there_is_no_share(hold, now):
    hold(3)
    assert the_only(now).no_show_share == ""


def test_one_meeting_of_two_is_here_and_one_absence_is_not_known(hold, office, now):
    session = hold(3, meetings=2)
    first, second = session.meetings.all()
    one, two, _ = session.registrations.order_by("pk")
    Attendance.objects.mark(first, one, "here", "roster", by=office)
    Attendance.objects.mark(second, one, "absent", "roster", by=office)
    Attendance.objects.mark(first, two, "absent", "roster", by=office)
    sheet_of(first).close(by=office)
    assert the_only(now) == Figures(registered=3, here=1, absent=0, unknown=2, open_lists=1)


def test_who_walked_in_is_not_registered_here(hold, people, office, now):
    session = hold(2, here=2, closed=True)
    meeting = session.meetings.get()
    for who in ({"person": people(1)[0]}, {"name": "Somebody"}, {"name": "Somebody Else"}):
        Attendance.objects.walk_in(meeting, by=office, **who)
    assert the_only(now) == Figures(registered=2, here=2, walked_in=3)


@pytest.mark.parametrize(("minutes", "much"), [(75, 0), (74, 1), (90, 0), (0, 1), (None, 0)])
def test_more_missed_minutes_than_allowed_are_much(hold, office, now, minutes, much):
    mark(hold(1), 0, "here", office, source="report", minutes=minutes)
    assert the_only(now).missed_much == much


def test_who_left_in_the_last_day_is_counted_and_not_registered(make_session, people, now):
    session = make_session(minimum=1)
    gone, stays = [Registration.objects.register(person, session, now=now) for person in people(2)]
    session.settle(now=now)
    gone.withdraw(by=gone.person, now=session.starts_at - timedelta(hours=1))
    session.settle(now=session.ends_at)
    assert the_only(session.ends_at) == Figures(registered=1, unknown=1, left_late=1, open_lists=1)


def test_a_cancelled_meeting_says_nothing(hold, office, now):
    session = hold(1, meetings=2, here=1)
    first = session.meetings.first()
    type(first).every.filter(pk=first.pk).update(cancelled_at=now)
    Attendance.objects.filter(meeting=session.meetings.get()).delete()
    assert the_only(now) == Figures(registered=1, unknown=1, open_lists=1)


def test_the_figures_are_what_presence_says_of_each_person(hold, people, office, now):
    random = Random(15)
    for meetings in (1, 2, 3):
        session = hold(12, meetings=meetings, days_ago=10 * meetings, capacity=40)
        for registration in session.registrations.all():
            for meeting in session.meetings.all():
                if state := random.choice(["here", "absent", "unsure", ""]):
                    Attendance.objects.mark(meeting, registration, state, "roster", by=office)
    for line in year_of(EVER, now).sessions:
        registered = Registration.objects.registered().filter(session=line.pk)
        presence = presence_of(registered).values()
        here, absent = (sum(getattr(one, name) for one in presence) for name in ("was_there", "was_absent"))
        assert (line.figures.here, line.figures.absent) == (here, absent)
        assert line.figures.registered == here + absent + line.figures.unknown == 12


# ---- a year ----


def test_sessions_are_added_up_by_workshop(hold, now):
    other = Workshop.objects.create(title="Allyship", slug="allyship", status="published")
    hold(3, here=3, closed=True)
    hold(4, here=1, days_ago=9)
    hold(2, here=2, days_ago=20, workshop=other)
    year = year_of(EVER, now)
    assert [(line.title, line.sessions, line.figures.here) for line in year.workshops] == [
        ("Allyship", 1, 2),
        ("Bystander Interventions", 2, 4),
    ]
    assert (year.all.sessions, year.all.figures) == (3, Figures(9, 6, 0, 3, open_lists=2))
    assert [line.title for line in year.sessions][-1] == "Allyship"


def test_nothing_adds_up_to_nothing():
    assert together([]) == Figures()


@pytest.mark.parametrize("what", ["cancelled", "open", "ahead"])
def test_only_what_was_held_counts(make_session, people, office, now, what):
    session = make_session(minimum=1)
    Registration.objects.register(people(1)[0], session, now=now)
    if what != "open":
        session.settle(now=now)
    if what == "cancelled":
        session.cancel("Snow.", by=office, now=now)
    at = session.ends_at - timedelta(minutes=1) if what == "ahead" else session.ends_at + timedelta(days=1)
    assert year_of(EVER, at).sessions == []


def test_an_academic_year_holds_the_sessions_of_its_days(hold, settings, now):
    session = hold(1)
    ended_on = session.ends_at.astimezone(UTC).date()
    near = Span(ended_on - timedelta(days=2), ended_on + timedelta(days=2))
    assert len(year_of(near, now).sessions) == 1
    assert year_of(Span(near.last + timedelta(days=1), near.last + timedelta(days=9)), now).sessions == []
    settings.ACADEMIC_YEAR_MONTH = ended_on.month
    assert years_with_sessions(now) == [ended_on.year]
    settings.ACADEMIC_YEAR_MONTH = ended_on.month % 12 + 1
    assert years_with_sessions(now) in ([ended_on.year - 1], [ended_on.year])


def test_a_session_late_on_the_last_evening_is_of_its_own_zones_year(hold, now):
    session = hold(1)
    midnight = datetime(2026, 7, 1, 3, tzinfo=UTC)  # still June 30 in Chicago
    starts_at = midnight - timedelta(hours=1)
    type(session).objects.filter(pk=session.pk).update(
        starts_at=starts_at, ends_at=midnight, confirm_by=starts_at, registration_closes_at=starts_at
    )
    june, july = Span(date(2025, 7, 1), date(2026, 6, 30)), Span(date(2026, 7, 1), date(2027, 6, 30))
    at = midnight + timedelta(days=1)
    assert [len(year_of(span, at).sessions) for span in (june, july)] == [1, 0]


# ---- programs ----


@pytest.fixture
def foundations(workshop):
    """A program of two workshops, both of which people take; returned with the second one."""
    other = Workshop.objects.create(title="Allyship", slug="allyship", status="published")
    program = Program.objects.create(title="Foundations", slug="foundations", status="published", rule="all")
    for one in (workshop, other):
        program.entries.create(workshop=one)
    return program, other


def test_completed_and_on_the_way_are_counted(hold, foundations, people, office, now):
    program, other = foundations
    both, elsewhere, begun, absent = people(4)
    first = hold(0, persons=[both, elsewhere, begun, absent], days_ago=30)
    mark(first, 3, "absent", office)
    hold(0, persons=[both], workshop=other, days_ago=10)
    PriorAttendance.objects.create(person=elsewhere, workshop=other)
    (one,) = completions(now)
    assert (one.program, one.completed, one.on_the_way) == (program, 2, 1)


def test_a_program_without_rule_or_a_draft_is_not_counted(foundations, now):
    program, _ = foundations
    Program.objects.update(rule="none")
    assert completions(now) == []
    Program.objects.update(rule="all", status="draft")
    assert completions(now) == []


def test_what_all_have_taken_is_what_each_has_taken(hold, foundations, people, office, now):
    random, (program, other) = Random(7), foundations
    crowd = people(9)
    workshops = [entry.workshop for entry in program.entries.all()]
    for number in range(6):
        meetings, some = random.choice([1, 2]), random.sample(crowd, 6)
        session = hold(0, persons=some, workshop=random.choice(workshops), days_ago=20 + 15 * number, meetings=meetings)
        for registration in session.registrations.all():
            for meeting in session.meetings.all():
                if state := random.choice(["here", "absent", ""]):
                    Attendance.objects.mark(meeting, registration, state, "roster", by=office)
        for guest in random.sample(sorted(set(crowd) - set(some), key=lambda one: one.pk), 1):
            Attendance.objects.walk_in(session.meetings.first(), by=office, person=guest)
    PriorAttendance.objects.create(person=crowd[0], workshop=other)
    keys = {workshop.pk for workshop in workshops}
    everybody = taken_by_all(keys, now)
    assert len(everybody) > 5
    for person in crowd:
        assert everybody.get(person.pk, []) == taken_by(person, keys, now)
    read_along = Program.objects.with_entries().get()
    standings = [progress(person, read_along, now) for person in crowd]
    (one,) = completions(now)
    assert one.completed == sum(standing.is_complete for standing in standings)
    assert one.on_the_way == sum(standing.done > 0 and not standing.is_complete for standing in standings)


# ---- the page ----


def test_the_office_reads_the_figures_and_no_name(clerk, hold, foundations):
    session = hold(6, here=4, closed=True)
    page = read(clerk.get(PAGE))
    assert page.heading() == "Attendance and completion"
    (row,) = page.region("By session").table().rows
    assert (row["Registered"], row["Here"], row["Lists open"]) == ("Registered: 6", "Here: 4", "Lists open: 0")
    assert all(one.person.name not in page.everything for one in session.registrations.select_related("person"))
    assert "Foundations" in page.everything
    assert PAGE in read(clerk.get("/admin/")).addresses


@pytest.mark.parametrize("year", ["1999", "0000", "x", "", "２０２６", "-1", "99999999999999", "2026\0"])
def test_a_year_without_figures_is_a_sentence(clerk, year):
    for address in (PAGE, f"{PAGE}sessions.csv"):
        response = clerk.get(address, {"year": year})
        assert response.status_code in (400, 404)
        if "\0" not in year:
            assert "There are no figures for that year. Choose one of these." in read(response).text


def test_the_tables_are_files_too(clerk, hold, foundations, workshop, now):
    Workshop.objects.filter(pk=workshop.pk).update(title="=1+1")
    hold(2, here=1)
    sessions = clerk.get(f"{PAGE}sessions.csv")
    assert sessions["Content-Type"].startswith("text/csv") and "attachment" in sessions["Content-Disposition"]
    heading, row = sessions.content.decode("utf-8-sig").splitlines()
    assert heading.count(",") == row.count('","') == len(attendance.COLUMNS) + 1
    assert row.startswith('"\'=1+1"')
    programs = clerk.get(f"{PAGE}programs.csv").content
    assert programs == as_csv([("Program", "Completed", "On the way"), ("Foundations", 0, 2)])


@pytest.mark.parametrize("who", ["me", "client"])
def test_nobody_but_the_office_reads_it(request, hold, who):
    browser = request.getfixturevalue(who)
    for address in (PAGE, f"{PAGE}sessions.csv", f"{PAGE}programs.csv"):
        assert browser.get(address).status_code in (302, 403)


def test_the_number_of_queries_is_the_same_for_any_number_of_sessions(clerk, hold, foundations, office):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert clerk.get(PAGE).status_code == 200
        return len(captured)

    hold(2, here=1)
    few = queries()
    for number in range(5):
        hold(6, here=5, closed=True, days_ago=12 + 9 * number)
    assert queries() == few <= 24
