"""Promises about people who come at the same moment (G1, G3, G4, G5): verbs in real processes on one database."""

from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any

from devtools.torture.hands import Action, Hands
from devtools.torture.line import tell
from devtools.torture.stage import PEOPLE, make_session, make_workshop, office, people
from devtools.torture.verdict import Verdict
from notifications.models import Notice
from registrations.models import MergeOffer
from sessions_app.models import Session

SEATS = 30
# How a round ended: status, seats taken, people waiting, and the outcomes of the verbs in the order of their words.
End = tuple
# What a race makes: a session, the actions that meet, and the ends of every serial order of them.
Race = tuple[Session, list[Action], set[End]]


def line(session: Session) -> tuple[int, int, list[int]]:
    """Return how many are registered and waiting, and the positions of all in order."""
    counts = Counter(session.registrations.values_list("status", flat=True))
    positions = list(session.registrations.order_by("position").values_list("position", flat=True))
    return counts["registered"], counts["waitlisted"], positions


def crowd(runs: int, without: str) -> Verdict:
    """Let 2,000 people press for 30 seats from 8 processes; without the lock far fewer are enough."""
    verdict, everybody = Verdict(), people(200 if without else PEOPLE)
    attempts = len(everybody)
    with Hands(8, without) as hands:
        for number in range(runs):
            tell(f"run {number + 1} of {runs}")
            session = make_session(capacity=SEATS)
            lanes = [[Action("press", session.pk, person.pk) for person in everybody[n::8]] for n in range(8)]
            answers = Counter(hands.at_once(*lanes))
            if answers != {"302": attempts}:
                verdict.breaks(f"answers {dict(answers)}")
            seated, waiting, positions = line(session)
            if (seated, waiting) != (SEATS, attempts - SEATS) or positions != list(range(1, attempts + 1)):
                verdict.breaks(f"{seated} registered and {waiting} waiting")
            first = session.registrations.registered().values_list("position", flat=True)
            if list(first) != list(range(1, SEATS + 1)):
                verdict.breaks("the seats did not go to the first")
    return verdict.say(f"{runs} x {attempts:,} attempts for {SEATS} seats, 8 processes")


def equal(runs: int, without: str) -> Verdict:
    """Let one person press twenty times at once."""
    verdict = Verdict()
    (person,) = people(1)
    with Hands(8, without) as hands:
        for number in range(runs):
            tell(f"run {number + 1} of {runs}")
            session = make_session()
            answers = Counter(hands.at_once(*[Action("press", session.pk, person.pk)] * 20))
            if answers != {"302": 20}:
                verdict.breaks(f"answers {dict(answers)}")
            many, told = session.registrations.count(), notices(session)
            if (many, told) != (1, 1):
                verdict.breaks(f"{many} registrations and {told} notices")
    return verdict.say(f"{runs} x 20 equal POSTs: one row, one notice each")


def leaving(runs: int, without: str) -> Verdict:
    """Let twenty withdraw at once while thirty wait."""
    verdict, everybody = Verdict(), people(50)
    with Hands(8, without) as hands:
        for number in range(runs):
            tell(f"run {number + 1} of {runs}")
            session = make_session(everybody, capacity=20)
            answers = Counter(hands.at_once(*[Action("withdraw", session.pk, each.pk) for each in everybody[:20]]))
            if answers != {"done": 20}:
                verdict.breaks(f"outcomes {dict(answers)}")
            seated = list(session.registrations.registered().values_list("position", flat=True))
            if seated != list(range(21, 41)):
                verdict.breaks(f"positions {seated} have seats")
            if notices(session, kind="promoted") != 20:
                verdict.breaks(f"{notices(session, kind='promoted')} people told of a seat")
    return verdict.say(f"{runs} x 20 withdrawals at once with 30 waiting: the first 20 promoted, once each")


def notices(session: Session, **fields: Any) -> int:
    """Count the notices of a session's registrations."""
    return Notice.objects.filter(registration__session=session, **fields).count()


def play(verdict: Verdict, race: Callable[[], Race], count: int, without: str) -> Counter[End]:
    """Play `count` rounds of a race, add to the verdict what must not be, and return how often it ended how."""
    ends: Counter[End] = Counter()
    with Hands(4, without) as hands:
        for number in range(count):
            tell(f"round {number + 1} of {count}")
            session, actions, allowed = race()
            outcomes = hands.at_once(*actions)
            session.refresh_from_db()
            end = (session.status, session.seats_taken, session.waiting_count, *sorted(outcomes))
            ends[end] += 1
            if end not in allowed:
                verdict.breaks(f"ended as {end}")
    return ends


def last(count: int, without: str) -> Verdict:
    """Let two people register for the last seat."""
    verdict, (one, two) = Verdict(), people(2)

    def race() -> Race:
        session = make_session(minimum=1, capacity=1)
        actions = [Action("register", session.pk, person.pk) for person in (one, two)]
        return session, actions, {("open", 1, 1, "registered", "waitlisted")}

    play(verdict, race, count, without)
    return verdict.say(f"{count} rounds of two people for the last seat: one registered, one first in line")


def fifth(count: int, without: str) -> Verdict:
    """Let the fifth person leave while the sixth arrives, and a worker settle at the same time."""
    verdict, crowd = Verdict(), people(6)

    def race() -> Race:
        session = make_session(crowd[:5], minimum=6)
        leaves, arrives = (
            Action("withdraw", session.pk, crowd[4].pk),
            Action("register", session.pk, crowd[5].pk),
        )
        settles = Action("settle", session.pk)
        done = (5, 0, "done", "done", "registered")
        return session, [leaves, arrives, settles], {("open", *done), ("confirmed", *done)}

    ends = play(verdict, race, count, without)
    ways = {end[0]: many for end, many in ends.items()}
    return verdict.say(f"{count} rounds of the fifth leaving while the sixth arrives: {ways}")


def deadline(count: int, without: str) -> Verdict:
    """Let the sixth person arrive at the instant at which the sweep decides."""
    verdict, crowd = Verdict(), people(6)

    def race() -> Race:
        session = make_session(crowd[:5], minimum=6)
        at = session.confirm_by
        actions = [Action("register", session.pk, crowd[5].pk, now=at), Action("settle", session.pk, now=at)]
        allowed = {
            ("confirmed", 6, 0, "done", "registered"),
            ("cancelled", 0, 0, "done", "refused SessionCancelled"),
        }
        return session, actions, allowed

    ends = play(verdict, race, count, without)
    ways = {end[0]: many for end, many in ends.items()}
    return verdict.say(f"{count} rounds of the sixth against the deadline: {ways}")


def settling(count: int, without: str) -> Verdict:
    """Let two workers settle the same session, once at its minimum and once at its deadline."""
    verdict, crowd = Verdict(), people(6)
    made: list[Session] = []

    def race() -> Race:
        many = 6 - len(made) % 2
        session = make_session(crowd[:many], minimum=6)
        made.append(session)
        actions = [Action("settle", session.pk, now=session.confirm_by)] * 2
        end = ("confirmed", 6) if many == 6 else ("cancelled", 0)
        return session, actions, {(*end, 0, "done", "done")}

    play(verdict, race, count, without)
    for session in made:
        if session.decisions.count() != 1:
            verdict.breaks(f"{session.decisions.count()} decisions")
        kind, owed = ("confirmed", 6) if session.status == "confirmed" else ("cancelled", 5)
        if notices(session, kind=kind) != owed:
            verdict.breaks(f"{notices(session, kind=kind)} notices for {owed} people")
    return verdict.say(f"{count} rounds of two workers settling: one decision, one notice each")


def moving(count: int, without: str) -> Verdict:
    """Let two people move from date A to B while two move from B to A; each date has one free seat."""
    verdict, crowd = Verdict(), people(8)
    pairs: list[tuple[Session, Session]] = []

    def race() -> Race:
        workshop = make_workshop()
        one = make_session(crowd[:4], workshop, minimum=2, capacity=5)
        other = make_session(crowd[4:], workshop, minimum=2, capacity=5)
        pairs.append((one, other))
        actions = [Action("transfer", one.pk, person.pk, to=other.pk) for person in crowd[:2]]
        actions += [Action("transfer", other.pk, person.pk, to=one.pk) for person in crowd[4:6]]
        moved = {tuple(sorted(outcomes)) for outcomes in product(("registered", "refused SessionFull"), repeat=4)}
        return one, actions, {("open", seats, 0, *outcomes) for seats in range(3, 6) for outcomes in moved}

    ends = play(verdict, race, count, without)
    for one, other in pairs:
        other.refresh_from_db()
        if one.seats_taken + other.seats_taken != len(crowd):
            verdict.breaks(f"{one.seats_taken} and {other.seats_taken} seats for {len(crowd)} people")
        for person in crowd:
            if person.registrations.registered().filter(session__in=(one, other)).count() != 1:
                verdict.breaks("somebody has both seats, or none")
    ways = Counter(end[3:].count("registered") for end in ends.elements())
    return verdict.say(f"{count} rounds of moving from A to B against B to A, by how many moved: {dict(ways)}")


def merging(count: int, without: str) -> Verdict:
    """Let three people of a date that is being merged say yes, and the office end it, while two register there.

    The other date has three seats left: nobody is in both dates, nobody who said yes in none, no seat twice.
    """
    verdict, crowd, by = Verdict(), people(8), office()
    pairs: list[tuple[Session, Session]] = []

    def race() -> Race:
        workshop = make_workshop()
        one = make_session(crowd[:4], workshop, minimum=2, capacity=5)
        other = make_session(crowd[4:6], workshop, minimum=2, capacity=5)
        one.begin_merge(other, one.confirm_by, "Two dates are too many.", by)
        pairs.append((one, other))
        actions = [Action("say_yes", one.pk, person.pk) for person in crowd[:3]]
        actions += [Action("register", other.pk, person.pk) for person in crowd[6:]]
        actions.append(Action("end_merge", one.pk))
        ends = {
            ("cancelled", 0, 0, *sorted((*yes, *got, "done")))
            for yes in product(("done", "refused Over"), repeat=3)
            for got in product(("registered", "waitlisted"), repeat=2)
        }
        return one, actions, ends

    ends = play(verdict, race, count, without)
    for one, other in pairs:
        other.refresh_from_db()
        seated = other.registrations.registered().count()
        if (other.seats_taken, other.seats_taken > other.capacity) != (seated, False):
            verdict.breaks(f"{other.seats_taken} seats are counted, and {seated} are taken, of {other.capacity}")
        for offer in MergeOffer.objects.filter(registration__session=one).select_related("registration"):
            there = other.registrations.active().filter(person=offer.registration.person_id).count()
            if offer.is_open or there != (offer.answer == MergeOffer.Answer.YES):
                verdict.breaks(f"somebody who said {offer.answer or 'nothing'} has {there} places there")
    ways = Counter(end[3:].count("refused Over") for end in ends.elements())
    return verdict.say(f"{count} rounds of merging against registering, by how many yes came too late: {dict(ways)}")


def cancelling(count: int, without: str) -> Verdict:
    """Let the office cancel while two people register and one leaves."""
    verdict, crowd = Verdict(), people(6)
    office()

    def race() -> Race:
        session = make_session(crowd[:4], minimum=2, capacity=5)
        actions = [Action("register", session.pk, person.pk) for person in crowd[4:]]
        actions += [Action("cancel", session.pk), Action("withdraw", session.pk, crowd[0].pk)]
        late = ("registered", "waitlisted", "refused SessionCancelled")
        pairs = {tuple(sorted((one, two, "done", "done"))) for one in late for two in late}
        return session, actions, {("cancelled", 0, 0, *outcomes) for outcomes in pairs}

    play(verdict, race, count, without)
    return verdict.say(f"{count} rounds of cancelling against registering and leaving")
