"""Every kind of thing that is kept for a time: what it is, how long, what happens then, and the function that does it.

The page “What we keep, and for how long” is made of this table, and the entries of every night in config/celery.py name
its keys (`operations/tests/test_kinds.py` holds both to it).
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from accounts.models import Person
from accounts.tasks import UNVERIFIED_LIFE
from foundation.sweeps import sweep
from notifications.models import ReceivedMail
from notifications.models.received import RAW_LIFE
from operations.forgetting import lapsed, mail
from operations.forgetting.erasing import erase
from operations.forgetting.rows import let_go_of
from operations.models import LegalHold
from operations.models.hold import Held
from outcomes import retention
from registrations.models import AccessPlan, Accommodation, PastedPeople, RosterReading
from registrations.models.roster_readings import KEPT as LOOKS_KEPT
from sessions_app.models import SeasonFile, SessionRequest
from sessions_app.models.request import ADDRESSES_KEPT

logger = logging.getLogger(__name__)

# Well under the time limit of a task: what is left is done the next night.
SECONDS = 60


class Kind(NamedTuple):
    """One kind of thing. `forget` is None where something else sees to it; then it knows no legal hold."""

    key: str
    what: str
    how_long: Callable[[], str]
    then: str
    forget: Callable[[datetime, Held], object] | None = None
    setting: str = ""


def forget(key: str, now: datetime) -> None:
    """Forget what is due of one kind, unless a legal hold stands on everything. Safe to run twice or late."""
    kind, held = KINDS[key], LegalHold.objects.held(now)
    if kind.forget is None:
        raise ValueError(f"{key} is forgotten by something else.")
    if held.everything:
        logger.info("%s: nothing was forgotten, because of a legal hold", key)
        return
    logger.info("%s: %s forgotten", key, kind.forget(now, held))


# ---- how long, in words ----


def counted(number: int, unit: str) -> str:
    """“1 year”, “30 days”; 365 days are a year."""
    if (number, unit) == (365, "day"):
        return "1 year"
    return f"1 {unit}" if number == 1 else f"{number} {unit}s"


def _days(of: str) -> Callable[[], str]:
    return lambda: counted(getattr(settings, of), "day")


def _years(of: str) -> Callable[[], str]:
    return lambda: counted(getattr(settings, of), "year")


def _exactly(life: timedelta) -> Callable[[], str]:
    return lambda: counted(life.days, "day") if life.days > 1 else counted(life // timedelta(hours=1), "hour")


def _words(words: str) -> Callable[[], str]:
    return lambda: words


# ---- what is done ----


def _received(now: datetime, held: Held) -> int:
    kept = ReceivedMail.objects.exclude(sender__in=held.addresses).exclude(attendee__in=held.addresses)
    return kept.exclude(thread__registration__person__in=held.people).forget(now)


def _access(now: datetime, held: Held) -> int:
    spent = Accommodation.objects.spent(now).exclude(registration__person__in=held.people)
    return spent.delete()[0] + AccessPlan.objects.spent(now).delete()[0]


def _colleagues(now: datetime, held: Held) -> int:
    return SessionRequest.objects.exclude(by__in=held.people).forget_addresses(now)


def _season_files(now: datetime, held: Held) -> int:
    stale = [rows.stale(now).exclude(made_by__in=held.people) for rows in (SeasonFile.objects, PastedPeople.objects)]
    return sum(rows.delete()[0] for rows in stale)


def _looks(now: datetime, held: Held) -> int:
    old = RosterReading.objects.filter(first_at__lte=now - LOOKS_KEPT).exclude(by__in=held.people)
    return old.delete()[0]


def _attendance(now: datetime, held: Held) -> None:
    retention.forget_attendance(now, held.people)


def _records(now: datetime, held: Held) -> int:
    acts = (retention.forget_certificates, retention.forget_outside, retention.forget_consents)
    return sum(act(now, held.people) for act in acts)


def _idle(now: datetime, held: Held) -> None:
    until, rule = time.monotonic() + SECONDS, Person.objects.rule()
    reason = f"Nobody had used it for {counted(settings.IDLE_YEARS, 'year')}."

    def act(person: Person) -> None:
        if time.monotonic() < until:
            erase(person, by=rule, reason=reason, now=now)

    sweep(lapsed.idle(now, held), act, "idle person {} was not erased")


def _mail_of_the_erased(now: datetime, held: Held) -> int:
    """Finish the mail, and what a browser wrote that was late for the erasure."""
    let_go_of(Person.objects.exclude(erased_at=None))
    return mail.finish_mail(now)


ALL = [
    Kind(
        "codes",
        "Sign-in codes, and the mail they came in",
        _words("Until the mail is sent"),
        "The code and the words of the mail are erased.",
    ),
    Kind(
        "unverified",
        "An account that was never used, because nobody entered the code",
        _exactly(UNVERIFIED_LIFE),
        "It is deleted.",
    ),
    Kind(
        "sign-ins",
        "Where you are signed in",
        _words("Until you sign out, at most 30 days"),
        "It is deleted.",
    ),
    Kind(
        "mail",
        "The words of mail we sent you, with its invitations",
        _days("MAIL_DAYS"),
        "The words are erased. That a mail of this kind was sent to you, and when, stays with your account.",
        mail.forget_bodies,
        "MAIL_DAYS",
    ),
    Kind(
        "received",
        "Mail we received, answers from calendars included",
        _exactly(RAW_LIFE),
        "It is erased. What it changed, such as a place given up, stays.",
        _received,
    ),
    Kind(
        "lapsed",
        "That you waited, withdrew, were in a session that was cancelled, or were proposed for one",
        _days("WAITLIST_DAYS"),
        "It is kept as a number: nobody can tell any more that it was you. It counts from the end of the session.",
        lapsed.forget_lapsed,
        "WAITLIST_DAYS",
    ),
    Kind(
        "access",
        "What you need to take part, and our answer",
        lambda: f"{counted(settings.ACCOMMODATION_LIFE.days, 'day')} after the session",
        "It is deleted. It is sealed as long as we have it.",
        _access,
    ),
    Kind(
        "colleagues",
        "Addresses of colleagues in a request for a session",
        lambda: f"{counted(ADDRESSES_KEPT.days, 'day')} after the request ended",
        "They are erased from the request.",
        _colleagues,
    ),
    Kind(
        "requests",
        "Requests for a session",
        lambda: f"{counted(settings.REQUEST_DAYS, 'day')} after the request ended",
        "They are deleted. A session that came of one stays.",
        lapsed.forget_requests,
        "REQUEST_DAYS",
    ),
    Kind(
        "season-files",
        "Schedules and lists of people that the office pasted",
        _words("1 day"),
        "They are deleted. The sessions and registrations stay.",
        _season_files,
    ),
    Kind(
        "looks",
        "Who of the office looked at the names in a session",
        _exactly(LOOKS_KEPT),
        "It is deleted.",
        _looks,
    ),
    Kind(
        "evaluations",
        "What you say of a session",
        _words("Never with your name"),
        "That you answered is kept; which answer is yours is known to nobody. Answers become counts when it closes.",
    ),
    Kind(
        "attendance",
        "Whether you were at a session",
        lambda: f"{_years('ATTENDANCE_YEARS')()}, {_years('CREDIT_YEARS')()} where credit follows from it",
        "How many were there is kept, and nobody’s name. That you had a seat stays with your account, because later "
        "workshops ask for it.",
        _attendance,
        "ATTENDANCE_YEARS",
    ),
    Kind(
        "records",
        "Credit, certificates, what you took elsewhere with its proof, and consents that you took back",
        _years("CREDIT_YEARS"),
        "Certificates lose your name and are kept for the count. The rest is deleted.",
        _records,
        "CREDIT_YEARS",
    ),
    Kind(
        "audit",
        "Who changed what, and changes of address",
        _years("AUDIT_YEARS"),
        "It is deleted.",
        lapsed.forget_audit,
        "AUDIT_YEARS",
    ),
    Kind(
        "idle",
        "An account that nobody uses: no sign-in, no session, no certificate",
        _years("IDLE_YEARS"),
        "It is erased, as if its person had asked for it. Sign in once, and it stays. So does that of a champion of a "
        "unit, and of anybody whom the directory of the institution names.",
        _idle,
        "IDLE_YEARS",
    ),
    Kind(
        "mail-of-the-erased",
        "Mail on its way to somebody who was erased, such as the cancellation in their calendar",
        _words("Until it has arrived, about three days at most"),
        "Its words and the address are erased.",
        _mail_of_the_erased,
    ),
]
KINDS = {kind.key: kind for kind in ALL}
