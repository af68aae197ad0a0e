"""What a worker does with many pasted people: it registers one after the other, and writes down what came of each."""

from foundation import database_clock
from registrations.models import PastedPeople
from registrations.pasted.lines import Line, lines_of, register_one


def go_on(pasted: PastedPeople) -> None:
    """Register those of whom nothing is written down yet, in their order, each with the outcome in one transaction."""
    lines = lines_of(pasted.text, pasted.role)
    known = set(pasted.outcomes.values_list("number", flat=True))
    for number, line in enumerate(lines):
        if number in known:
            continue

        def keep(done: Line, number: int = number) -> None:
            pasted.keep(number, done.pasted.typed, done.said, done.notes, done.is_wrong)

        register_one(line, pasted.session, pasted.made_by, pasted.mode, pasted.reason, database_clock.now(), note=keep)
        if line.is_wrong:
            pasted.keep_unless_known(number, line.pasted.typed, line.said)
    pasted.finish()
