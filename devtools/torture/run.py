"""Run one promise, in a process and on a database of its own: `python -m devtools.torture.run crowd 20 [lock]`.

Prints its verdict as one line of JSON. Lines before it ask the process that started this one to do something to a
server, or say how far it is (devtools/torture/line.py).
"""

import json
import sys
from collections.abc import Callable

import django


def main(name: str, count: str, without: str = "") -> None:
    django.setup()
    from django.utils import timezone

    from devtools.torture import (
        answers,
        checkin,
        clocks,
        disk,
        hybrid,
        inputs,
        looking,
        machine,
        mail,
        outages,
        races,
        several,
        stale,
        texts,
        upgrade,
        year,
    )
    from devtools.torture.verdict import Verdict
    from operations.invariants import breaches

    promises: dict[str, Callable[[int, str], Verdict]] = {}
    for module in (
        races,
        several,
        hybrid,
        checkin,
        stale,
        outages,
        disk,
        upgrade,
        clocks,
        looking,
        inputs,
        machine,
        mail,
        texts,
        answers,
        year,
    ):
        promises |= vars(module)
    verdict = promises[name](int(count), without)
    for line in breaches(timezone.now()):
        verdict.breaks(line.split(" ", 1)[0] + " recounted wrong" if without else line)
    print(json.dumps({"figure": verdict.figure, "broken": verdict.broken.most_common(3)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
