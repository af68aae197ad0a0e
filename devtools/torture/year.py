"""A year stepped hour by hour: each reminder, call for people, digest and decision comes exactly once, at its hour."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings

from devtools.testing.in_time import HOUR, first_hour, live
from devtools.torture.line import tell
from devtools.torture.stage import make_workshop, office, people
from devtools.torture.verdict import Verdict
from foundation.wall_clock import AmbiguousTime, NoSuchTime, days_before, instant
from notifications.kinds import decisions, prompts
from notifications.models import Notice
from outcomes.attended import sheet_of
from registrations.models import Interest, Registration
from sessions_app.models import Decision, MeetingPlan, Session

Mail = tuple[str, str, datetime]  # its kind, its address, its hour
# The year holds the clock changes of each zone and New Year’s Eve; one session is on February 29.
FIRST = date(2028, 2, 10)
ZONES = ["America/Chicago", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kathmandu"]
TIMES = [time(12), time(0), time(2, 30), time(8), time(23, 30), time(1, 30), time(17, 45)]
LEAST_AHEAD, MOST_BEHIND = 13, 2  # days between the first step and a session, and between it and the last step
MINIMUM = 2
CROWD = 8
# Every fifth session never gets a link to join.
LINKLESS = 5
# Of every third session that is held the office closes the list so long after its end; of the others never.
CLOSED, CLOSED_AFTER = 3, 3 * HOUR


def year(count: int, without: str) -> Verdict:
    """Step through `count` days hour by hour, with a session every second day: two thirds find their minimum."""
    verdict = Verdict()
    begins = datetime.combine(FIRST, time(), UTC)
    sessions = list(make_sessions(begins, count))
    at_seven: set[datetime] = set()

    by = office()

    def look(now: datetime) -> None:
        for number, session in enumerate(sessions):
            if number % CLOSED == 0 and first_hour(session.ends_at + CLOSED_AFTER) == now:
                sheet_of(session.meetings.get()).close(by, now=now)
        local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
        if local.hour == decisions.AT.hour and Session.objects.awaiting_decision(now).exists():
            at_seven.add(now)
        if now.hour == 0 and now.day in (1, 15):
            tell(f"{now:%B} {now.day}, {now.year}")

    if without:
        prompts.not_written_yet = decisions.not_written_yet = with_keys_of_their_own
    _, came = live((begins + hour * HOUR for hour in range(24 * count)), look)
    sent = Counter((kind, to, at) for (kind, to), times in came.items() for at in times)
    owed = Counter(what_is_owed(sessions) + [("digest", settings.OFFICE_EMAIL, at) for at in at_seven])
    check(verdict, owed, sent)
    decided = Counter(Decision.objects.values_list("session", flat=True))
    for session in sessions:
        if decided[session.pk] != 1:
            verdict.breaks(f"{decided[session.pk]} decisions about a session")
    kinds = Counter(kind for kind, *_ in owed.elements())
    words = ", ".join(f"{many} {kind.replace('_', ' ')}" for kind, many in sorted(kinds.items()))
    return verdict.say(f"{24 * count:,} hours, {len(sessions)} sessions, each decided once; once each: {words}")


def make_sessions(begins: datetime, days: int) -> Iterator[Session]:
    """Publish the sessions, with two people in each or one of the two it needs; one person waits to hear of dates."""
    workshop, everybody = make_workshop(), people(CROWD + 1)
    workshop.pre_work = "Read the introduction."
    workshop.save(update_fields=["pre_work"])
    Interest.objects.express(everybody.pop(), workshop, now=begins)
    crowd, by = cycle(everybody), office()
    for number, day in enumerate(range(LEAST_AHEAD, days - MOST_BEHIND, 2)):
        zone = ZONES[number % len(ZONES)]
        starts_at = some_time(FIRST + timedelta(days=day), number, zone)
        link = "" if number % LINKLESS == 0 else "https://meet.example.edu/quorum"
        plan = MeetingPlan(starts_at, starts_at + 2 * HOUR, zone, join_link=link)
        session = Session.objects.schedule(workshop, [plan], by, now=begins, minimum=MINIMUM)
        session.publish(by, now=begins)
        for _ in range(1 if number % 3 == 2 else MINIMUM):
            Registration.objects.register(next(crowd), session, now=begins)
        yield session


def some_time(day: date, number: int, zone: str) -> datetime:
    """Return a time on that day, each in its turn; on the night of a clock change perhaps there is no such time."""
    try:
        return instant(day, TIMES[number % len(TIMES)], zone)
    except (NoSuchTime, AmbiguousTime):
        return instant(day, time(12), zone)


def what_is_owed(sessions: list[Session]) -> list[Mail]:
    """Return kind, address and hour of everything owed about the sessions, from the rules and not from notices."""
    owed = []
    interested = Interest.objects.get().person.email
    for number, session in enumerate(sessions):
        crowd = list(session.registrations.values_list("person__email", flat=True))
        if len(crowd) < MINIMUM:
            at = first_hour(session.confirm_by - timedelta(days=3))
            owed += [("at_risk", to, at) for to in crowd] + [("room_left", interested, at)]
            continue
        if not session.meetings.get().join_link:
            owed.append(("no_link", settings.OFFICE_EMAIL, first_hour(session.starts_at - timedelta(hours=24))))
        for kind, days in (("reminder", 7), ("reminder", 1), ("pre_work", 2)):
            at = first_hour(days_before(session.starts_at, days, session.time_zone))
            owed += [(kind, to, at) for to in crowd]
        owed += [("afterwards", to, after(session, is_closed=number % CLOSED == 0)) for to in crowd]
    return owed


def after(session: Session, is_closed: bool) -> datetime:
    """Return the hour of the mail after `session`: that of nine the next morning, or of the list that was closed."""
    ends_at = session.ends_at.astimezone(ZoneInfo(session.time_zone))
    day = ends_at.date() if ends_at.time() < time(5) else ends_at.date() + timedelta(days=1)
    morning = first_hour(instant(day, time(9), session.time_zone))
    return min(morning, first_hour(session.ends_at + CLOSED_AFTER)) if is_closed else morning


def check(verdict: Verdict, owed: Counter[Mail], sent: Counter[Mail]) -> None:
    """Hold what came against what was owed, by kind, address and hour."""
    for (kind, _, _), many in (sent - owed).items():
        verdict.breaks(f"a {kind} too many, or at another hour", many)
    for (kind, _, _), many in (owed - sent).items():
        verdict.breaks(f"a {kind} did not come at its hour", many)


def with_keys_of_their_own(notices: list[Notice]) -> list[Notice]:
    """Return all that is due, also what is there already: the control, in which everything comes twice."""
    for notice in notices:
        notice.dedupe_key = f"{notice.kind}:{uuid4()}::"
    return notices
