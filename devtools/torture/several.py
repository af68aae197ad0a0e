"""Whole programs are registered for by everybody at once: each person has all of it, or none (G23)."""

import random
from collections import Counter
from datetime import timedelta

from django.utils import timezone

from devtools.torture.hands import Action, Hands
from devtools.torture.line import tell
from devtools.torture.races import line, notices
from devtools.torture.stage import ZONE, make_workshop, office, people
from devtools.torture.verdict import Verdict
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session

CROWD, FEWER = 200, 60  # a control needs no more
# In the order of their times: a seat of the first is still free when the last is full.
CAPACITIES = (70, 60, 50, 40, 30)


def several(runs: int, without: str) -> Verdict:
    """Let 200 people register for a program of five sessions, each choosing them in an order of their own."""
    verdict, crowd, rng = Verdict(), people(FEWER if without else CROWD), random.Random(0)
    seats, attempts = min(CAPACITIES), len(crowd)
    with Hands(8, without) as hands:
        for number in range(runs):
            tell(f"run {number + 1} of {runs}")
            program = make_program(number)
            keys = [session.pk for session in program]
            choices = [(person.pk, tuple(rng.sample(keys, len(keys)))) for person in crowd]
            lanes = [
                [Action("register_all", keys[0], person, keys=chosen) for person, chosen in choices[n::8]]
                for n in range(8)
            ]
            answers = Counter(hands.at_once(*lanes))
            if answers != {"registered": seats, "refused NotAll": attempts - seats}:
                verdict.breaks(f"answers {dict(answers)}")
            look(verdict, program, seats)
    return verdict.say(
        f"{runs} x {attempts} people for all of {len(CAPACITIES)} sessions, {seats} seats in the smallest"
    )


def make_program(number: int) -> list[Session]:
    """Publish five sessions of workshops that come one after the other: the last of them was made first."""
    now, by = timezone.now(), office()
    workshops = [make_workshop() for _ in CAPACITIES]
    for first, second in zip(workshops, workshops[1:], strict=False):
        second.requires.add(first)
    # A day of its own, so that no program clashes with another.
    day = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=14 + number)
    made = []
    for place, (workshop, capacity) in reversed(list(enumerate(zip(workshops, CAPACITIES, strict=True)))):
        starts_at = day + timedelta(hours=2 * place)
        plan = MeetingPlan(starts_at, starts_at + timedelta(minutes=90), ZONE, join_link="https://meet.example.edu/all")
        session = Session.objects.schedule(workshop, [plan], by, now=now, capacity=capacity)
        session.publish(by, now=now)
        made.append(session)
    return made


def look(verdict: Verdict, program: list[Session], seats: int) -> None:
    """Hold what everybody has against all or nothing, and the counters of each session against its rows."""
    had = Counter(Registration.objects.filter(session__in=program).values_list("person", flat=True))
    if behind := sum(many != len(program) for many in had.values()):
        verdict.breaks("a place left behind", behind)
    for session in program:
        session.refresh_from_db()
        registered, waiting, positions = line(session)
        if (registered, waiting) != (seats, 0) or positions != list(range(1, seats + 1)):
            verdict.breaks(f"{registered} registered and {waiting} waiting")
        if (session.seats_taken, session.waiting_count, session.next_position) != (registered, waiting, registered + 1):
            verdict.breaks("counters that are not so")
        if (told := notices(session)) != registered:
            verdict.breaks(f"{told} notices for {registered} people")
