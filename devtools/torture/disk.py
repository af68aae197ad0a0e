"""A promise about a full disk (G2): nothing acknowledged is lost, no answer is a 500, and it goes on afterwards."""

import json
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from django.db import connection

from devtools.bench.client import ask
from devtools.torture.line import ask_keeper, tell
from devtools.torture.outages import ACKNOWLEDGED, Load, check_acknowledged, posts, serving
from devtools.torture.stage import cookies, make_session, people
from devtools.torture.verdict import Verdict

BETWEEN = 60  # answers while there is room
REFUSED = 40  # answers while there is none
CALM = 503
PATIENCE = 60
READY = "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
NAMED = {"room", "database"}  # the second, where the server itself gave up for want of room


def full(times: int, without: str) -> Verdict:
    """Fill the disk of PostgreSQL while people register, until many are turned away, and make room again."""
    verdict, settings = Verdict(), "devtools.torture.controls.no_outages" if without else "devtools.bench.settings"
    sessions, named = [make_session(capacity=5000) for _ in range(40)], 0
    cookie_of = cookies(people(500))
    connection.close()
    with serving(settings) as (server,):
        load = Load(server.address, posts(sessions, cookie_of))
        try:
            for number in range(times):
                load.wait_for_more(BETWEEN)
                ask_keeper("fill the disk")
                tell(f"the disk is full, {number + 1} of {times}")
                refused = wait_until(partial(failed, load, len(load.sent)), REFUSED)
                named += wait_until(partial(named_by, server.address))
                ask_keeper("make room")
                after = partial(told, load, len(load.sent))
                if not refused:
                    verdict.breaks("the disk was full, and nobody was turned away")
                if not wait_until(after):
                    verdict.breaks("nobody is registered though there is room again")
        finally:
            sent = load.finish(at_once=True)
    answers = Counter(post.status for post in sent)
    for status, many in answers.items():
        if status not in (ACKNOWLEDGED, CALM):
            verdict.breaks(f"answered {status}", many)
    if named < times:
        verdict.breaks("/readyz named no full disk", times - named)
    words = check_acknowledged(verdict, sent)
    return verdict.say(f"the disk full {times} times: {words}, {answers[CALM]:,} turned away")


def told(load: Load, since: int) -> int:
    return sum(post.status == ACKNOWLEDGED for post in load.sent[since:])


def failed(load: Load, since: int) -> int:
    return sum(post.status != ACKNOWLEDGED for post in load.sent[since:])


def named_by(address: str) -> int:
    """Return how many names of a full disk /readyz gives; none where it gives no answer, or one that is cut off."""
    try:
        return len(NAMED.intersection(json.loads(ask(address, READY.encode()).partition(b"\r\n\r\n")[2])["problems"]))
    except (OSError, ValueError):
        return 0


def wait_until(count: Callable[[], int], enough: int = 1) -> bool:
    """Wait until there are enough, and tell whether there are."""
    until = time.monotonic() + PATIENCE
    while count() < enough:
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
