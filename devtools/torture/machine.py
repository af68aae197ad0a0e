"""Any order of verbs against the model of plain lists (devtools/testing/machine.py)."""

import contextlib
import sys

import hypothesis
from django.db import transaction

from devtools.testing.machine import Cast, run
from devtools.torture.verdict import Verdict
from registrations import waitlist

STEPS = 50


def machine(examples: int, without: str) -> Verdict:
    """Live through `examples` sessions of at most fifty steps."""
    verdict = Verdict()
    if without == "promotion":
        waitlist.promote_waiting = lambda session, now: None
    # Standard output is the line to the keeper; the life that goes wrong belongs in the log.
    with transaction.atomic(), contextlib.redirect_stdout(sys.stderr):
        try:
            run(
                Cast.gather(),
                examples,
                STEPS,
                phases=[hypothesis.Phase.generate] if without else list(hypothesis.Phase),
            )
        except AssertionError as error:
            verdict.breaks(f"the rows disagree with the model: {error}".splitlines()[0])
        transaction.set_rollback(True)
    return verdict.say(f"{examples:,} lives of at most {STEPS} steps agree with the model")
