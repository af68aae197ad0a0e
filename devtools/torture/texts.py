"""A calendar shows every title of a session and every name of a person (devtools/testing/generated.py)."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed

import django

from devtools.torture.line import tell
from devtools.torture.verdict import Verdict

PROCESSES = 2
EACH = 100  # meetings of one seed


def texts(count: int, without: str) -> Verdict:
    """Write `count` generated meetings in four ways, and have each read by three readers."""
    verdict, files = Verdict(), 0
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, initializer=prepare, initargs=(without,)) as pool:
        tries = [pool.submit(try_some, seed, min(EACH, count - seed * EACH)) for seed in range(-(-count // EACH))]
        for number, done in enumerate(as_completed(tries), 1):
            try:
                files += done.result()
            except AssertionError as error:
                verdict.breaks(f"{error}".splitlines()[0])
            tell(f"{min(number * EACH, count):,} of {count:,} meetings")
    return verdict.say(
        f"{count:,} generated titles, names, places and descriptions in {files:,} files and messages, "
        "read alike by three readers"
    )


def prepare(without: str) -> None:
    """Make a process ready, with the mechanism taken away that is `without`."""
    django.setup()
    if without == "escaping":
        from icalendar.prop import vText

        vText.to_ical = lambda text: text.encode("utf-8")  # type: ignore[assignment, method-assign] # what is to be shown broken


def try_some(seed: int, count: int) -> int:
    from devtools.testing.generated import try_generated

    return try_generated(count, seed)
