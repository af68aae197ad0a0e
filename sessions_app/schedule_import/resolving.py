"""What becomes of each row of a schedule: a new session, a change of one that is there, or one that was held before."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from catalog.models import Facilitator, Format, Workshop
from foundation.dates import local
from foundation.text import shown
from foundation.values.lines import line_key
from foundation.wall_clock import instant
from sessions_app.models import MeetingPlan, Place, Session, Times, Venue
from sessions_app.models.putting_up import Held, ToSchedule
from sessions_app.models.venue import Span
from sessions_app.schedule_import.changing import Change, Wish, change_of, seats_of_each_mode
from sessions_app.schedule_import.changing_meetings import WishedMeeting, place_of
from sessions_app.schedule_import.reading import PlannedSession

# What a copy of a session has from it.
COPIED: tuple[str, ...] = (
    "format",
    "minimum",
    "capacity",
    "room_capacity",
    "online_capacity",
    "for_campus",
    "listed",
    "at_deadline",
    "accommodation_lead_days",
)


@dataclass
class Row:
    """A row that can be put up. `workshop` is None where nobody knows the title yet.

    `change` is what it changes of a session that is there: empty where nothing, None where it is a new one.
    """

    plan: PlannedSession
    workshop: Workshop | None
    meetings: list[MeetingPlan]
    chosen: dict[str, Any] = field(default_factory=dict)
    change: Change | None = None
    is_history: bool = False

    @property
    def is_known(self) -> bool:
        return self.change is not None

    @property
    def is_fresh(self) -> bool:
        """True if a session is put up, to be held."""
        return self.change is None and not self.is_history

    def scheduled(self) -> ToSchedule:
        """Return the session to put up; its workshop is there by now."""
        assert self.workshop is not None, "a workshop is drafted before its sessions"
        return ToSchedule(self.workshop, self.meetings, self.chosen)

    def held(self) -> Held:
        """Return the session to put on record."""
        return Held(self.scheduled(), self.plan.attendees, self.plan.attended)


class There:
    """What is there already of what a schedule names. Fixed queries, whatever the number of rows.

    `like` is a session of which the rows are copies: what a row does not say is as with it.
    """

    def __init__(
        self, plans: Sequence[PlannedSession], now: datetime, like: Session | None = None, lock: bool = False
    ) -> None:
        self.now, self.like = now, like
        # Locked, so that two imports at once do not both miss the same session.
        found = Workshop.objects.prefetch_related("facilitators", "parts").order_by("pk")
        workshops = list(found.select_for_update(no_key=True) if lock else found)
        self.by_key = {one.pk: one for one in workshops}
        # Two titles can differ in their case alone: a row without a code means the last of them.
        self.workshops = {line_key(one.title): one for one in workshops}
        self.venues = venues_by_name()
        self.facilitators: dict[str, list[Facilitator]] = {}
        self.says_who = any(plan.facilitators for plan in plans)
        if self.says_who:
            for facilitator in Facilitator.objects.all():
                self.facilitators.setdefault(line_key(facilitator.name), []).append(facilitator)
        self.by_code: dict[str, Session] = {}
        self.asked: set[int] = set()
        self.by_start: dict[tuple[int, datetime], Session] = {}
        self._find(plans)
        self.further = list(like.meetings.select_related("venue"))[1:] if like else []
        self.led_by = list(like.facilitators.all()) if like else []

    def _find(self, plans: Sequence[PlannedSession]) -> None:
        """Read the sessions that the rows may mean. One that was put up by mistake and undone is none of them.

        One that a row names by its code is meant by no row without one: there may be another at the same start.
        """
        if not plans:
            return
        named = {line_key(plan.title) for plan in plans}
        keys = [workshop.pk for title, workshop in self.workshops.items() if title in named]
        first, last = min(plan.starts_at for plan in plans), max(plan.starts_at for plan in plans)
        codes = {plan.code for plan in plans if plan.code}
        meant = Q(workshop__in=keys, starts_at__gte=first, starts_at__lte=last) | Q(code__in=codes)
        found = Session.objects.filter(meant).prefetch_related("meetings__venue__campus")
        found = found.exclude(status=Session.Status.CANCELLED, imported__undone_at__isnull=False).order_by("-pk")
        asking = Q(calls__stopped_at=None, calls__isnull=False) | Q(nominations__status="open")
        self.asked = set(Session.objects.filter(meant & asking).order_by().values_list("pk", flat=True))
        for session in found.prefetch_related("facilitators") if self.says_who else found:
            session.workshop = self.by_key[session.workshop_id]
            self.by_code[session.code] = session
            if session.starts_at is not None and session.code not in codes:
                self.by_start[session.workshop_id, session.starts_at] = session

    def resolve(self, plan: PlannedSession) -> Row:
        """Return what becomes of a row. Raises ValueError with a sentence if it cannot be."""
        workshop = self.workshops.get(line_key(plan.title))
        venue, further = self._venue(plan.venue), self._wished(plan)
        session = self._session(plan, workshop)
        led_by = self._led_by(plan.facilitators, session)
        if (plan.attended is not None or plan.attendees) and plan.over_at > self.now:
            raise ValueError("It has not been held yet: leave “attended” and “attendees” empty.")
        first = MeetingPlan(plan.starts_at, plan.ends_at, plan.time_zone, venue=venue, join_link=plan.join_link)
        if session is not None:
            change = self._change(plan, session, venue, led_by, further)
            return Row(plan, session.workshop, change.afterwards(), change=change)
        is_over = plan.over_at <= self.now
        if plan.starts_at <= self.now and not is_over:
            raise ValueError("It is going on now. Put it up once it is over, as one that was held.")
        chosen = self._chosen(plan, workshop or Workshop(format=plan.format or Format.ONLINE), venue)
        if led_by is not None:
            chosen["facilitators"] = led_by
            if chosen.get("first_facilitator") not in led_by:
                chosen["first_facilitator"] = None
        there = Place(venue, plan.join_link)
        others = [
            MeetingPlan(**vars(one.times), **vars(place_of(there, one.venue, one.join_link, None)))
            for one in further or ()
        ]
        return Row(plan, workshop, [first, *others, *self._further(plan)], chosen, is_history=is_over)

    def _wished(self, plan: PlannedSession) -> list[WishedMeeting] | None:
        """Return the meetings after the first one as a row has them; None where the file says nothing of any."""
        if plan.further is None:
            return None
        wished = []
        for number, one in enumerate(plan.further, 2):
            try:
                place = self._venue(one.venue)
            except ValueError as error:
                raise ValueError(f"Meeting {number}: {error}") from None
            times = Times(one.starts_at, one.ends_at, one.time_zone)
            wished.append(WishedMeeting(times, place, one.join_link or None))
        return wished

    def _venue(self, name: str) -> Venue | None:
        """Return the venue of that name. Raises ValueError if it is unknown, or not the only one."""
        named = self.venues.get(line_key(name), []) if name else [None]
        if not named:
            raise ValueError(f"No venue is called “{shown(name)}”. Add it in the admin first, or leave the cell empty.")
        if len(named) > 1:
            raise ValueError(f"More than one venue is called “{shown(name)}”. Write the campus before it.")
        return named[0]

    def _led_by(self, names: Sequence[str], session: Session | None) -> frozenset[Facilitator] | None:
        """Return the facilitators of these names, None for no names. Raises ValueError as `_venue` does.

        Of several people of one name those are meant who lead the `session` that is there, or all where the name stands
        there as often as there are people who have it.
        """
        found = []
        times_named = Counter(map(line_key, names))
        leading = list(session.facilitators.all()) if session and names else []
        for name in names:
            key = line_key(name)
            named = [one for one in leading if line_key(one.name) == key]
            if len(named) < times_named[key]:
                named = self.facilitators.get(key, [])
            if not 1 <= len(named) <= times_named[key]:
                many = "No facilitator is" if not named else "More than one facilitator is"
                raise ValueError(f"{many} called “{shown(name)}”. Look at the facilitators, or leave the cell empty.")
            found += named
        return frozenset(found) if found else None

    def _session(self, plan: PlannedSession, workshop: Workshop | None) -> Session | None:
        """Return the session that a row means: that of its code, or that of the workshop at its start."""
        if not plan.code:
            return self.by_start.get((workshop.pk, plan.starts_at)) if workshop else None
        session = self.by_code.get(plan.code)
        if session is None:
            raise ValueError(f"No session has the code “{plan.code}”. Leave the cell empty for a new session.")
        if line_key(session.workshop.title) != line_key(plan.title):
            raise ValueError(f"The session {plan.code} is one of “{session.workshop}”, and stays one.")
        return session

    def _change(
        self,
        plan: PlannedSession,
        session: Session,
        venue: Venue | None,
        led_by: frozenset[Facilitator] | None,
        further: list[WishedMeeting] | None,
    ) -> Change:
        """Return what a row changes of a session. Raises ValueError with the sentence that says why it cannot."""
        meetings = list(session.meetings.all())
        is_over = session.ends_at is not None and session.ends_at <= self.now
        if self.like is not None or (is_over and not plan.code):
            return Change(session, meetings, frozenset())
        wish = Wish(
            times=Times(plan.starts_at, plan.ends_at, plan.time_zone),
            venue=venue,
            join_link=plan.join_link or None,
            capacity=plan.capacity,
            minimum=plan.minimum,
            format=plan.format or None,
            facilitators=led_by,
            further=further,
        )
        change = change_of(session, meetings, session.facilitators.all() if self.says_who else (), wish)
        change.has_asked = session.pk in self.asked
        if change and (refusal := change.refusal(self.now)):
            raise ValueError(refusal)
        return change

    def _chosen(self, plan: PlannedSession, workshop: Workshop, venue: Venue | None) -> dict[str, Any]:
        """Return the fields of a new session. Raises ValueError for a minimum above the capacity."""
        copied = {name: getattr(self.like, name) for name in COPIED} if self.like else {}
        capacity = plan.capacity or copied.get("capacity") or workshop.default_capacity
        minimum = plan.minimum or copied.get("minimum") or workshop.default_minimum
        if minimum > capacity:
            raise ValueError(f"The minimum of {minimum} is larger than the capacity of {capacity}.")
        chosen = copied | {"capacity": capacity, "minimum": minimum}
        chosen["format"] = plan.format or copied.get("format") or workshop.format
        if self.like:
            chosen |= {"facilitators": self.led_by, "first_facilitator": self.like.first_facilitator}
        if chosen["format"] == Format.HYBRID and not (copied.get("room_capacity") and capacity == copied["capacity"]):
            chosen |= seats_of_each_mode(capacity, venue)
        return chosen

    def _further(self, plan: PlannedSession) -> list[MeetingPlan]:
        """Return the further meetings of a copy: as many days after the first as they were, at their own times."""
        if self.like is None or not self.further:
            return []
        zone = self.like.time_zone
        days = local(plan.starts_at, plan.time_zone).date() - local(self.like.starts_at, zone).date()
        moved = []
        for meeting in self.further:
            starts = local(meeting.starts_at, meeting.time_zone)
            starts_at = instant(starts.date() + days, starts.time(), meeting.time_zone)
            ends_at = starts_at + (meeting.ends_at - meeting.starts_at)
            if starts_at < plan.ends_at:
                raise ValueError("Its further meetings would begin before the first one ends.")
            moved.append(MeetingPlan(starts_at, ends_at, meeting.time_zone, meeting.venue, meeting.join_link))
        return moved


def venues_by_name() -> dict[str, list[Venue]]:
    """Return the venues by the ways to name one: “Building Room”, and with the campus before it."""
    found: dict[str, list[Venue]] = {}
    for venue in Venue.objects.select_related("campus"):
        for name in (str(venue), f"{venue.campus} {venue}"):
            found.setdefault(line_key(name), []).append(venue)
    return found


def lasts(plan: Span) -> int:
    """Return how long a meeting lasts, in minutes."""
    return (plan.ends_at - plan.starts_at) // timedelta(minutes=1)
