"""Colleagues save pages they opened before, while a worker settles and an import writes: nothing is lost silently.

Every page is open before the first is saved, so each but one is stale. Two colleagues change the same field.
"""

import re
from collections import Counter

from django.contrib.auth.models import Group

from accounts.models import Person
from accounts.models.groups import OfficeGroup
from devtools.torture.hands import Action, Hands
from devtools.torture.line import tell
from devtools.torture.stage import make_session, office, people
from devtools.torture.verdict import Verdict
from sessions_app.models import Session

PROCESSES = 5
MINIMUM = 6
DAYS = "accommodation_lead_days"


def stale(rounds: int, without: str) -> Verdict:
    """Save five stale pages at once, round after round, and look for each value that was said to be saved."""
    verdict, crowd, by = Verdict(), people(MINIMUM), office()
    by.groups.add(Group.objects.get(name=OfficeGroup.OFFICE))
    answers: Counter[str] = Counter()
    with Hands(PROCESSES, without) as hands:
        for number in range(rounds):
            tell(f"round {number + 1} of {rounds}")
            session = make_session(crowd)
            came = hands.at_once(*lanes(session, by, number))
            answers.update(came[:3])
            look(verdict, session, came, number)
    shown = ", ".join(f"{many} {words}" for words, many in sorted(answers.items()))
    return verdict.say(f"{rounds} rounds of five that write at once: nothing lost silently ({shown})")


def lanes(session: Session, by: Person, number: int) -> list[Action]:
    """Return who writes: one colleague the days of notice, two the capacity, a worker settles, an import the link."""
    days, one, other = 1 + number % 9, 40 + number % 7, 60 + number % 7
    return [
        Action("edit", session.pk, by.pk, mode=f"{DAYS}={days}"),
        Action("edit", session.pk, by.pk, mode=f"capacity={one}"),
        Action("edit", session.pk, by.pk, mode=f"capacity={other}"),
        Action("settle", session.pk),
        Action("take_in", session.pk, mode=f"https://meet.example.edu/round-{number}"),
    ]


def look(verdict: Verdict, session: Session, came: list[str], number: int) -> None:
    """Hold what is in the database against what was said to be saved."""
    session.refresh_from_db()
    for words in came:
        if not re.fullmatch(r"(clash then )?saved|confirmed|done", words):
            verdict.breaks(f"an answer: {words}")
    if session.accommodation_lead_days != 1 + number % 9:
        verdict.breaks("the days of notice are lost")
    if session.capacity not in (40 + number % 7, 60 + number % 7):
        verdict.breaks("both capacities are lost")
    if came[1] == came[2] == "saved":
        verdict.breaks("a capacity was written over, and nobody was told")
    if session.status != Session.Status.CONFIRMED:
        verdict.breaks("the decision is lost")
    if session.meetings.get().join_link != f"https://meet.example.edu/round-{number}":
        verdict.breaks("what the import wrote is lost")
