"""Nobody answers for another person, and nobody's answer goes unread (devtools/testing/generated_answers.py)."""

import random
import re
import time
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from devtools.torture.line import tell
from devtools.torture.stage import make_session, people
from devtools.torture.verdict import Verdict
from notifications.models import CalendarThread, Decline
from notifications.replies import reading
from notifications.replies.applying import receive
from registrations.models import Registration

MAILS_FOR_MEMORY = 2000
MOST_KEPT = 1_000_000  # bytes


def answers(count: int, without: str) -> Verdict:
    """Read `count` generated mails, and hand each that is forged over for one person, who must keep seat and calendar.

    Every mail must be read within a time, and reading may keep no memory.
    """
    from devtools.testing.generated_answers import SECONDS, make, memory_kept, wrong

    verdict, slowest = Verdict(), 0.0
    if without:
        reading.is_proven = naively_proven
    (person,) = people(1)
    session = make_session([person], minimum=1)
    session.settle(now=timezone.now())
    thread = CalendarThread.objects.get(registration__session=session)
    for number in range(count):
        made = make(random.Random(f"torture-{number}"), thread.uid, person.email)
        began = time.process_time()
        incoming = reading.read(made.raw, made.authserv_id)
        took = time.process_time() - began
        slowest = max(slowest, took)
        if took > SECONDS:
            verdict.breaks(f"a mail takes longer than {SECONDS} s")
        # Without its mechanism only what is forged is of interest.
        if (made.is_forged or not without) and (said := wrong(made, incoming)):
            verdict.breaks(said)
        if made.is_forged:
            settings.REPLY_AUTHSERV_ID = made.authserv_id
            receive(made.raw)
        if number % 250 == 0:
            tell(f"{number:,} of {count:,} mails")
    thread.refresh_from_db()
    if thread.partstat != CalendarThread.Partstat.NEEDS_ACTION or Decline.objects.exists():
        verdict.breaks("a forged answer changed what the calendar is taken to say")
    if not Registration.objects.registered().filter(pk=thread.registration_id).exists():
        verdict.breaks("a forged answer took a seat away")
    kept = 0 if without else memory_kept(min(count, MAILS_FOR_MEMORY))
    if kept > MOST_KEPT:
        verdict.breaks(f"reading keeps {kept:,} bytes")
    return verdict.say(
        f"{count:,} generated mails: no forged one counts, every answer is read; "
        f"the slowest took {slowest:.2f} s, and {kept // 1000} kB stay in memory"
    )


def naively_proven(lines: Iterable[str], domain: str, authserv_id: str) -> bool:
    """Split the header at its semicolons, as if no quoted string could hold one. Never for use: it is the control."""
    for line in lines:
        server, *results = re.sub(r"\([^()]*\)", " ", " ".join(line.split())).split(";")
        if server.strip().strip('"').lower() == authserv_id.lower():
            return any(re.match(rf"\s*dmarc=pass\s.*header\.from={re.escape(domain)}\b", result) for result in results)
    return False
