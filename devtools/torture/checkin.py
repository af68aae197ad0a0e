"""A whole room checks itself in while the office ticks the same rows: one attendance each, no tick lost (G19)."""

from collections import Counter
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import Person
from devtools.torture.hands import Action, Hands
from devtools.torture.line import tell
from devtools.torture.stage import ZONE, make_workshop, office, people
from devtools.torture.verdict import Verdict
from outcomes.attended import sheet_of
from outcomes.models import Attendance
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session

ROOM, FEWER = 200, 80  # a control needs no more
PARTS, PROCESSES = 4, 8  # of the crowd; that press and tick
PRESSES = 2
WALK_INS = 20
INDEXES = ("one_attendance_per_registration", "one_attendance_per_person")


def checkin(runs: int, without: str) -> Verdict:
    """Let everybody press the code of the day twice at once while the office ticks them and adds people by name."""
    verdict, crowd = Verdict(), people(FEWER if without else ROOM)
    if without:
        for name in INDEXES:
            run_sql(f"ALTER TABLE outcomes_attendance DROP CONSTRAINT {name}")
        run_sql("DROP INDEX one_attendance_per_name")
    with Hands(PROCESSES, without) as hands:
        for number in range(runs):
            tell(f"run {number + 1} of {runs}")
            session = make_going_on(crowd)
            answers = Counter(hands.at_once(*press_and_tick(session, crowd)))
            expected = {"302": PRESSES * len(crowd), "done": len(crowd) + 2 * WALK_INS}
            if answers != expected:
                verdict.breaks(f"answers {dict(answers)}")
            look(verdict, session, len(crowd))
    return verdict.say(f"{runs} x {ROOM} people who press twice while they are ticked: one attendance each")


def run_sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def press_and_tick(session: Session, crowd: list[Person]) -> list[list[Action]]:
    """Return the lanes: of each quarter of `crowd` two press the code, and one of the office ticks, all in one order.

    So three processes want the same rows at the same time. Two people of the office add the same twenty by name first.
    """
    parts = [[person.pk for person in crowd[n::PARTS]] for n in range(PARTS)]
    presses = [[Action("use_code", session.pk, key) for key in part] for part in parts]
    ticks = [[Action("tick", session.pk, key) for key in part] for part in parts]
    adds = [Action("add", session.pk, number) for number in range(WALK_INS)]
    ticks[:2] = [adds + lane for lane in ticks[:2]]
    # A lane goes to the process of its number, so those who press again are moved on: three processes, one part.
    return [*presses, *ticks, *presses[1:], presses[0]]


def make_going_on(crowd: list[Person]) -> Session:
    """Hold a session that began ten minutes ago, with everybody of `crowd` registered."""
    now, by = timezone.now(), office()
    then = now - timedelta(days=30)
    plan = MeetingPlan(
        now - timedelta(minutes=10), now + timedelta(minutes=80), ZONE, join_link="https://x.example.edu/"
    )
    session = Session.objects.schedule(make_workshop(), [plan], by, now=then, capacity=len(crowd) + WALK_INS)
    session.publish(by, now=then)
    for person in crowd:
        Registration.objects.register(person, session, now=then)
    session.settle(now=then + timedelta(days=1))
    return session


def look(verdict: Verdict, session: Session, many: int) -> None:
    """Hold the rows against one for each person, all of them there; then close the list, which makes nobody absent."""
    rows = Attendance.objects.of_session(session)
    of_each = Counter(rows.exclude(person=None).values_list("person", flat=True))
    if twice := sum(count > 1 for count in of_each.values()):
        verdict.breaks("a person with two attendances", twice)
    if lost := many - len(of_each):
        verdict.breaks("a tick that is lost", lost)
    named = Counter(rows.filter(person=None).values_list("name", flat=True))
    if sorted(named.values()) != [1] * WALK_INS:
        verdict.breaks("walk-ins that are not one each")
    sheet_of(session.meetings.get()).close(by=office(), absent=list(session.registrations.registered()))
    if absent := rows.absent().count():
        verdict.breaks("somebody who was ticked is absent", absent)
