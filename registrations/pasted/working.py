"""What a worker does with many pasted people: it registers one after the other, and writes down what came of each."""

from foundation import database_clock
from registrations.models import PastedPeople
from registrations.pasted.lines import Line, lines_of, register_one


def go_on(pasted: PastedPeople) -> None:
    """Register those of whom nothing is written down yet, in their order, each with the outcome in one transaction.

    Lines that waited for a lock in vain are tried once more after all others. Gives up at once where the person who
    pasted them may not register people any more: it is done in their name, and so is what a rule forbids.
    """
    if not pasted.may_be_done:
        pasted.give_up(database_clock.now())
        return
    for is_last in (False, True):
        if not _go_over(pasted, is_last):
            break
    pasted.finish()


def _go_over(pasted: PastedPeople, is_last: bool) -> int:
    """Do each line that is not done, and return how many are left. On the last time, the busy ones are refused."""
    known = set(pasted.outcomes.values_list("number", flat=True))
    left = 0
    for number, line in enumerate(lines_of(pasted.text, pasted.role)):
        if number in known:
            continue

        def keep(done: Line, number: int = number) -> None:
            pasted.keep(number, done.pasted.typed, done.said, done.notes, done.is_wrong)

        register_one(line, pasted.session, pasted.made_by, pasted.mode, pasted.reason, database_clock.now(), note=keep)
        if line.was_busy and not is_last:
            left += 1
            pasted.still_here()
        elif line.is_wrong:
            pasted.keep_unless_known(number, line.pasted.typed, line.said)
    return left
