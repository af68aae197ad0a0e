"""People who come at the same moment to a session in a room and online (G1 and G4 of each mode)."""

from collections import Counter

from devtools.torture.hands import Action, Hands
from devtools.torture.line import tell
from devtools.torture.stage import PEOPLE, make_hybrid, people
from devtools.torture.verdict import Verdict
from registrations.forms.mode import WAIT
from sessions_app.models import Mode, Session

SEATS = {Mode.ROOM: 20, Mode.ONLINE: 30}
# How many of each mode leave at once afterwards, and how many people online then try to switch to the room.
LEAVE, SWITCH = 10, 15


def hybrid(runs: int, without: str) -> Verdict:
    """Let 2,000 people press for 20 seats in the room and 30 online from 8 processes, then leave and switch at once.

    Without the lock far fewer are enough.
    """
    verdict, everybody = Verdict(), people(200 if without else PEOPLE)
    with Hands(8, without) as hands:
        for number in range(runs):
            tell(f"run {number + 1} of {runs}")
            session = make_hybrid(SEATS[Mode.ROOM], SEATS[Mode.ONLINE])
            actions = [
                Action("press", session.pk, person.pk, mode=list(SEATS)[place % 2] + WAIT)
                for place, person in enumerate(everybody)
            ]
            answers = Counter(hands.at_once(*[actions[n::8] for n in range(8)]))
            if answers != {"302": len(everybody)}:
                verdict.breaks(f"answers {dict(answers)}")
            positions = list(session.registrations.order_by("position").values_list("position", flat=True))
            if positions != list(range(1, len(everybody) + 1)):
                verdict.breaks("positions with gaps")
            held = {mode: positions_of(session, mode) for mode in SEATS}
            for mode, many in SEATS.items():
                expect(verdict, session, mode, held[mode][:many], len(everybody) // 2 - many)
            leave_and_switch(verdict, hands, session)
            for mode, many in SEATS.items():
                seated = held[mode][LEAVE : many + LEAVE]
                expect(verdict, session, mode, seated, len(everybody) // 2 - many - LEAVE)
    return verdict.say(f"{runs} x {len(everybody):,} attempts for 20 seats in the room and 30 online, 8 processes")


def positions_of(session: Session, mode: str) -> list[int]:
    """Return the positions of all who take part, or would, as `mode` says, in order."""
    return list(session.registrations.filter(mode=mode).order_by("position").values_list("position", flat=True))


def expect(verdict: Verdict, session: Session, mode: str, seated: list[int], waiting: int) -> None:
    """Add to the verdict where others than the positions `seated` have a seat, or another number of people waits."""
    has = list(session.registrations.registered().filter(mode=mode).values_list("position", flat=True))
    if has != seated:
        verdict.breaks(f"{mode}: {len(has)} registered, or not the first")
    if (waits := session.registrations.waiting_for(mode).count()) != waiting:
        verdict.breaks(f"{mode}: {waits} waiting")
    session.refresh_from_db()
    if (session.taken_in(mode), session.waiting_in(mode)) != (len(seated), waiting):
        verdict.breaks(f"{mode}: counted {session.taken_in(mode)} registered and {session.waiting_in(mode)} waiting")


def leave_and_switch(verdict: Verdict, hands: Hands, session: Session) -> None:
    """Let the first of each mode leave while others press to switch to the room, for which hundreds wait."""
    seated = {mode: list(session.registrations.registered().filter(mode=mode)) for mode in SEATS}
    leave = [Action("withdraw", session.pk, one.person_id) for mode in SEATS for one in seated[mode][:LEAVE]]
    online = seated[Mode.ONLINE][LEAVE : LEAVE + SWITCH]
    switch = [Action("switch", session.pk, one.person_id, mode=Mode.ROOM.value) for one in online]
    outcomes = Counter(hands.at_once(*leave, *switch))
    if outcomes != {"done": len(leave), "refused SessionFull": len(switch)}:
        verdict.breaks(f"leaving and switching came to {dict(outcomes)}")
