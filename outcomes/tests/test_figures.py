"""The figures of a year are those of the rows, are kept every night, and stay when what they came from is gone."""

from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Campus, Champion, Person, Unit
from catalog.models import Program, Workshop
from devtools.testing.page import read
from outcomes import retention
from outcomes.figures import keeping
from outcomes.figures.counting import count_year
from outcomes.figures.coverage import Coverage, coverage_of, public_words
from outcomes.figures.hiding import Why
from outcomes.figures.keeping import due_years, keep_due, keep_year
from outcomes.figures.telling import Counted, OfCredit, OfProgram, OfWorkshop
from outcomes.models import Attendance, CreditKind, Evaluation, KeptFigures
from outcomes.models.kept_figures import span_of_year, year_of_day
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def allyship_too():
    return Workshop.objects.create(title="Allyship", slug="allyship", status="published")


@pytest.fixture
def years_of_history(hold, workshop, allyship_too, people, office, now):
    """Sessions of two academic years, with every kind of attendance, walk-ins and people of which little is known."""
    random = Random(42)
    units = [Unit.objects.create(name=name) for name in ("Pediatrics", "Surgery")]
    campus = Campus.objects.create(name="Downtown")
    program = Program.objects.create(title="Allies", slug="allies", status="published")
    program.entries.create(workshop=allyship_too)
    crowd = people(12)
    for person in crowd:
        person.unit, person.campus = random.choice([*units, None]), random.choice([campus, None])
        person.role = random.choice(["faculty", "staff", "student"])
        person.save(update_fields=["unit", "campus", "role"])
    for days_ago, subject, meetings in (
        (1, workshop, 1),
        (9, allyship_too, 2),
        (30, workshop, 1),
        (400, allyship_too, 1),
    ):
        session = hold(0, persons=random.sample(crowd, 7), workshop=subject, meetings=meetings, days_ago=days_ago)
        for registration in session.registrations.all():
            for meeting in session.meetings.all():
                if state := random.choice(["here", "absent", "unsure", ""]):
                    Attendance.objects.mark(meeting, registration, state, "roster", by=office, now=now)
        Attendance.objects.walk_in(session.meetings.first(), by=office, person=random.choice(crowd), now=now)
        Attendance.objects.walk_in(session.meetings.first(), by=office, name="A Stranger", now=now)
    return crowd


TOOK_PART = """
    SELECT DISTINCT who.person, who.session FROM (
        SELECT r.person_id AS person, r.session_id AS session FROM registrations_registration r
        WHERE r.status = 'registered'
          AND (SELECT COUNT(*) FROM sessions_app_meeting m
               WHERE m.session_id = r.session_id AND m.cancelled_at IS NULL)
            > (SELECT COUNT(*) FROM outcomes_attendance a JOIN sessions_app_meeting m ON m.id = a.meeting_id
               WHERE m.session_id = r.session_id AND m.cancelled_at IS NULL
                 AND a.person_id = r.person_id AND a.state = 'absent')
        UNION
        SELECT a.person_id, m.session_id FROM outcomes_attendance a JOIN sessions_app_meeting m ON m.id = a.meeting_id
        WHERE a.state = 'here' AND a.person_id IS NOT NULL AND m.cancelled_at IS NULL
    ) who JOIN sessions_app_session s ON s.id = who.session
    WHERE s.status IN ('confirmed', 'completed') AND s.ends_at >= %s AND s.ends_at < %s
"""


def recount(span, columns: str) -> dict[str, int]:
    """Count people of a year in plain SQL, by an expression over p (the person) and s (the session)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {columns}, COUNT(DISTINCT p.id) FROM ({TOOK_PART}) took
                JOIN accounts_person p ON p.id = took.person JOIN sessions_app_session s ON s.id = took.session
                GROUP BY {columns}""",
            [f"{span.first} 05:00:00+00:00", f"{span.last + timedelta(days=1)} 05:00:00+00:00"],
        )
        return {"" if key is None else str(key): count for key, count in cursor.fetchall()}


def test_what_is_counted_is_what_plain_sql_counts(years_of_history, now):
    year = year_of_day(now.date())
    span, counted = span_of_year(year), count_year(year, now)
    assert counted.roles == recount(span, "p.role")
    assert counted.units == recount(span, "p.unit_id")
    assert counted.campuses == recount(span, "p.campus_id")
    assert {key: one.people for key, one in counted.workshops.items()} == recount(span, "s.workshop_id")
    assert counted.people == sum(counted.roles.values()) == sum(counted.units.values()) > 6
    inside = recount(span, "(CASE WHEN s.workshop_id = (SELECT MAX(id) FROM catalog_workshop) THEN p.unit_id END)")
    (program,) = counted.programs.values()
    assert {key: count for key, count in program.units.items() if key} == {k: v for k, v in inside.items() if k}
    known = {person for person in years_of_history if count_of(person, span)}
    earlier = {person for person in years_of_history if count_of(person, span_of_year(year - 1))}
    earlier |= {person for person in years_of_history if count_of(person, span_of_year(year - 2))}
    assert counted.first == len(known - earlier)


def count_of(person, span) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM ({TOOK_PART}) took WHERE took.person = %s",
            [f"{span.first} 05:00:00+00:00", f"{span.last + timedelta(days=1)} 05:00:00+00:00", person.pk],
        )
        return cursor.fetchone()[0]


def test_a_year_is_read_as_it_was_kept():
    counted = Counted(
        people=7,
        first=2,
        workshops={"1": OfWorkshop(1, 8, 7, 90)},
        programs={"2": OfProgram(["1"], {"": 7})},
        credit=[OfCredit("1", 150, 7)],
    )
    assert Counted.read(counted.to_keep()) == counted


def test_hours_are_those_of_the_meetings_they_were_not_absent_from(hold, office, now):
    session = hold(6, meetings=2)
    first, second = session.meetings.all()
    one, two = session.registrations.order_by("pk")[:2]
    for meeting in (first, second):
        Attendance.objects.mark(meeting, one, "absent", "roster", by=office, now=now)
    Attendance.objects.mark(first, two, "absent", "roster", by=office, now=now)
    counted = count_year(year_of_day(now.date()), now)
    assert (counted.people, counted.minutes) == (5, 4 * 180 + 90)


def test_credit_is_what_was_earned(hold, workshop, now):
    kind = CreditKind.objects.create(name="State hours")
    workshop.credit_offers.create(kind=kind, hours=1.5)
    hold(7, here=6)
    assert count_year(year_of_day(now.date()), now).credit == [OfCredit(str(kind.pk), 900, 6)]


def test_objectives_are_added_up_over_sessions(hold, workshop, now):
    pairs = [[0] * 5 for _ in range(5)]
    pairs[1][3] = 6
    asked = [{"kind": "pair", "text": "Name it.", "choices": [], "is_needed": True}]
    for days_ago in (2, 9):
        Evaluation.objects.create(
            session=hold(6, days_ago=days_ago),
            questions=asked,
            opened_at=now,
            closes_at=now + timedelta(days=9),
            closed_at=now,
            answered_count=6,
            asked_count=6,
            complete_count=6,
            results=[{"pairs": pairs}],
        )
    (objective,) = count_year(year_of_day(now.date()), now).objectives
    assert (objective.text, objective.before, objective.now) == ("Name it.", [0, 12, 0, 0, 0], [0, 0, 0, 12, 0])


def test_who_waited_and_got_no_seat_is_counted_once(hold, make_session, people, now):
    session = hold(6, capacity=6)
    waited, came = people(2)
    for person in (waited, came):
        Registration.objects.create(
            person=person, session=session, status="waitlist_closed", position=90 + person.pk, registered_at=now
        )
    hold(5, persons=[came], days_ago=9)
    assert count_year(year_of_day(now.date()), now).waited == 1


def test_queries_do_not_depend_on_how_many_sessions_there_are(hold, now):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            count_year(year_of_day(now.date()), now)
        return len(queries)

    hold(6, here=6)
    few = asked()
    for days_ago in range(2, 6):
        hold(8, here=8, days_ago=days_ago)
    assert asked() == few


# ---- what is kept ----


def test_the_year_that_goes_on_is_counted_again_and_an_old_one_stays(hold, now):
    year = year_of_day(now.date())
    hold(6, days_ago=450)
    hold(6)
    keep_due(now)
    assert list(KeptFigures.objects.values_list("year", flat=True)) == sorted(
        {year, year_of_day((now - timedelta(days=450)).date())}, reverse=True
    )
    assert list(due_years(now + timedelta(hours=1))) == [year]


def test_a_year_is_counted_again_where_a_session_of_it_was_put_on_record(hold, now):
    old = hold(6, days_ago=450)
    keep_due(now)
    Session.objects.filter(pk=old.pk).update(completed_at=now + timedelta(hours=1))
    assert len(list(due_years(now + timedelta(hours=2)))) == 2


def test_a_year_that_was_forgotten_in_part_is_not_counted_again(hold, now, settings):
    settings.ATTENDANCE_YEARS = 1
    old = hold(6, here=6, days_ago=450)
    keep_due(now)
    before = list(KeptFigures.objects.values("year", "counts"))
    retention.forget_attendance(now)
    Session.objects.filter(pk=old.pk).update(completed_at=now + timedelta(hours=1))
    keep_due(now + timedelta(hours=2))
    assert not Attendance.objects.exists()
    assert list(KeptFigures.objects.values("year", "counts")) == before


def test_a_person_without_a_name_counts_as_before(years_of_history, now):
    year = year_of_day(now.date())
    before = count_year(year, now)
    Person.objects.filter(pk=years_of_history[0].pk).update(name="", email="erased-1@erased.invalid", is_active=False)
    assert count_year(year, now) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda unit, other, by: unit.merge_into(other, by=by),
        lambda unit, other, by: other.merge_into(unit, by=by),
        lambda unit, other, by: unit.remove(by=by),
        lambda unit, other, by: unit.put_under(other, by=by),
        lambda unit, other, by: Unit.objects.create(name="Bioethics"),
    ],
    ids=["merged", "merged the other way", "deleted", "put elsewhere", "another one made"],
)
def test_what_is_told_of_a_year_does_not_follow_from_what_becomes_of_units_later(monkeypatch, office, now, change):
    """Two answers about the same people would give a small figure away: 15 before, and 18 with a unit of “<5”."""
    counts = {Unit.objects.create(name=name): many for name, many in (("Admin", 40), ("Biology", 3), ("Cells", 15))}
    units = {str(unit.pk): many for unit, many in counts.items()} | {"": 20}
    counted = Counted(78, units=units, workshops={"1": OfWorkshop()}, programs={"1": OfProgram(["2"], units)})
    monkeypatch.setattr(keeping, "count_year", lambda year, now: counted)
    keep_year(2020, now)

    def told():
        kept = KeptFigures.objects.get(year=2020).counted
        lines = coverage_of(kept, None).lines + coverage_of(kept, Program(pk=1)).lines
        return [(line.key, line.name, line.told, line.depth) for line in lines]

    before = told()
    assert [each[2] for each in before[:3]] == [Why.SOME, Why.FEW, 15]
    _, unit, other = counts
    change(unit, other, office)
    assert told() == before


def test_the_most_that_ever_waited_stays(hold, people, now):
    session = hold(6, capacity=6)
    waited = Registration.objects.create(
        person=people(1)[0], session=session, status="waitlist_closed", position=99, registered_at=now
    )
    keep_due(now)
    waited.delete()
    keep_due(now)
    assert KeptFigures.objects.first().counted.waited == 1


# ---- coverage ----


def test_a_unit_is_represented_by_five_people_or_a_champion(people, office):
    names = ("Pediatrics", "Surgery", "Library")
    pediatrics, surgery, library = (str(Unit.objects.create(name=name).pk) for name in names)
    Champion.objects.appoint(people(1)[0], Unit.objects.get(pk=library), by=office)
    counted = Counted(people=42, units={pediatrics: 40, surgery: 2})
    lines = {line.name: (line.told, line.is_represented, line.people) for line in coverage_of(counted, None).lines}
    assert lines == {
        "Library": (Why.FEW, True, 0),
        "Pediatrics": (Why.SOME, True, 40),
        "Surgery": (Why.FEW, False, 2),
    }


def test_a_unit_is_represented_by_the_champion_of_a_unit_within_it(people, office):
    hospital = Unit.objects.create(name="Hospital")
    surgery = Unit.objects.create(name="Surgery", parent=hospital)
    Champion.objects.appoint(people(1)[0], surgery, by=office)
    assert all(line.is_represented for line in coverage_of(None, None).lines)


@pytest.mark.parametrize(
    ("represented", "units", "words"),
    [
        (4, 4, ""),
        (4, 40, ""),
        (5, 40, "5 of 40 units are represented."),
        (36, 40, "Nearly all of 40 units are represented."),
        (40, 40, "All 40 units are represented."),
    ],
)
def test_everybody_reads_how_many_units_and_never_which(represented, units, words):
    assert public_words(Coverage([], represented, units)) == words


def test_academic_years_begin_where_the_setting_says(settings):
    settings.ACADEMIC_YEAR_MONTH = 1
    assert span_of_year(2026) == (date(2026, 1, 1), date(2026, 12, 31))
    assert year_of_day(date(2026, 12, 31)) == 2026


def test_the_page_of_a_program_says_how_many_units_are_represented(client, years_of_history, now):
    program = Program.objects.get()
    keep_due(now)
    assert "units are represented" not in read(client.get(program.get_absolute_url())).text
    KeptFigures.objects.update(covered={str(program.pk): "5 of 40 units are represented."})
    assert "5 of 40 units are represented." in read(client.get(program.get_absolute_url())).text
