"""SessionRequest: a team asks for a session of its own, and what the office does with it.

waiting --assign, reply--> waiting;  waiting --schedule--> scheduled;  --decline--> declined;  --withdraw--> withdrawn
"""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Campus, Person, Unit
from accounts.models.groups import may
from catalog.models import Workshop
from foundation import database_clock
from foundation.dates import short_day, time_span, zone_words
from foundation.record import record
from foundation.values.days import EARLIEST, LATEST
from foundation.values.lines import LineField
from foundation.values.zones import validate_time_zone
from foundation.verbs import lock_row, verb
from sessions_app.models.request_rules import RequestRules
from sessions_app.models.session import Session
from sessions_app.models.venue import MeetingPlan
from sessions_app.models.wanted import Wanted, Where
from sessions_app.signals import (
    request_answered,
    request_declined,
    request_made,
    request_scheduled,
    request_withdrawn,
)

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

# How long the addresses of colleagues are kept once a request has ended; from then on only nominations know them.
ADDRESSES_KEPT = timedelta(days=30)


class SessionRequestQuerySet(models.QuerySet["SessionRequest"]):
    def waiting(self) -> Self:
        """Requests the office has neither scheduled nor declined, and nobody has withdrawn."""
        return self.filter(status=SessionRequest.Status.WAITING)

    def seen_by(self, person: Person) -> Self:
        """Requests that `person` may look at: their own, and every one for the office."""
        return self if may(person, "sessions_app.view_sessionrequest") else self.filter(by=person)

    @verb
    def ask(self, by: Person, wanted: Wanted, now: datetime | None = None) -> "SessionRequest":
        """Ask the office for a session, on behalf of `by`. The same again answers with the request that waits.

        Refuses (Closed) while the office takes none, (TooMany) past a limit, and (Refused) a window in the past.
        """
        now = now or database_clock.now()
        rules = RequestRules.objects.locked()
        if same := self._same(by, wanted):
            return same
        SessionRequest.refuse_unless_taken(by, rules)
        if any(starts_at <= now for starts_at, _ in wanted.windows):
            raise SessionRequest.Refused("One of the times is in the past. Choose times to come.")
        columns = {name: value for name, value in vars(wanted).items() if name not in ("windows", "addresses")}
        request = self.create(
            by=by, asked_at=now, lead_days=rules.lead_days, addresses=list(wanted.addresses), **columns
        )
        for starts_at, ends_at in wanted.spans:
            request.windows.create(starts_at=starts_at, ends_at=ends_at)
        request_made.send(SessionRequest, request=request)
        return request

    def _same(self, by: Person, wanted: Wanted) -> "SessionRequest | None":
        """Return the waiting request of `by` for the same at the same times: a second press, or another tab."""
        alike = self.waiting().filter(by=by, workshop=wanted.workshop, topic=wanted.topic).prefetch_related("windows")
        return next((one for one in alike if one.spans == wanted.spans), None)

    @verb
    def forget_addresses(self, now: datetime) -> int:
        """Erase the addresses of colleagues in requests that ended 30 days before `now`. Returns how many requests."""
        return self.filter(ended_at__lte=now - ADDRESSES_KEPT).exclude(addresses=[]).update(addresses=[])


class SessionRequest(models.Model):
    """What a team asks for, and what came of it. Its state changes only in verbs, under `lock()`."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SCHEDULED = "scheduled", "Scheduled"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    MOST_WINDOWS, MOST_ADDRESSES, MOST_PEOPLE = 3, 60, 500

    class Refused(Exception):
        """The verb was refused; `str(error)` is the sentence shown to the person."""

    class Closed(Refused):
        """The office takes no requests now."""

    class TooMany(Refused):
        """As many wait as the office takes at once, of all or of this person."""

    class Ended(Refused):
        """The request was scheduled, declined or withdrawn before."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="session_requests", verbose_name="asked by")
    workshop = models.ForeignKey(Workshop, models.PROTECT, null=True, blank=True, related_name="session_requests")
    topic = LineField("topic of their own", max_length=160, blank=True)
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="session_requests")
    campus = models.ForeignKey(Campus, models.SET_NULL, null=True, blank=True, related_name="session_requests")
    people = models.PositiveSmallIntegerField("how many people", validators=[MinValueValidator(1)])
    why_fewer = models.TextField("why fewer than the minimum", blank=True)
    addresses = models.JSONField("addresses of colleagues", default=list, blank=True)
    takes_part = models.BooleanField("the person who asks takes part", default=True)
    time_zone = models.CharField(max_length=60, validators=[validate_time_zone])
    where = models.CharField(max_length=10, choices=Where.choices, default=Where.EITHER)
    hopes = models.TextField("what the team hopes for", blank=True)
    asked_at = models.DateTimeField()
    lead_days = models.PositiveSmallIntegerField("lead time in days when it was asked")

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    assigned_to = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="requests_assigned", verbose_name="assigned to"
    )
    answer = models.TextField(blank=True, help_text="The newest one; earlier ones are in the history.")
    answered_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    session = models.OneToOneField(
        Session, models.PROTECT, null=True, blank=True, related_name="asked_for", help_text="What came of it."
    )

    objects = SessionRequestQuerySet.as_manager()

    if TYPE_CHECKING:
        windows: RelatedManager["RequestWindow"]

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = "request for a session"
        verbose_name_plural = "requests for a session"
        constraints = [
            models.CheckConstraint(
                condition=Q(workshop__isnull=False, topic="") | (Q(workshop=None) & ~Q(topic="")),
                name="request_names_a_workshop_or_a_topic",
            ),
            models.CheckConstraint(condition=Q(people__gte=1), name="request_is_for_somebody"),
            models.CheckConstraint(
                condition=Q(status="scheduled", session__isnull=False) | (~Q(status="scheduled") & Q(session=None)),
                name="scheduled_request_has_its_session",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", ended_at=None) | (~Q(status="waiting") & Q(ended_at__isnull=False)),
                name="request_ended_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""), name="declined_request_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, for {self.unit or self.by}"

    def get_absolute_url(self) -> str:
        return reverse("request", args=[self.uuid])

    # ---- questions ----

    @property
    def title(self) -> str:
        """Return the title of the workshop, or the topic of their own."""
        return self.workshop.title if self.workshop else self.topic

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.WAITING

    @property
    def state(self) -> str:
        """Return waiting, assigned, answered, scheduled, declined or withdrawn."""
        if not self.is_waiting:
            return self.status
        if self.answered_at:
            return "answered"
        return "assigned" if self.assigned_to_id else "waiting"

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """Return start and end of each window, soonest first."""
        return sorted((window.starts_at, window.ends_at) for window in self.windows.all())

    @property
    def time_for_it(self) -> datetime:
        """The first instant that is not too soon: the lead time after it was asked for."""
        return self.asked_at + timedelta(days=self.lead_days)

    @property
    def is_too_soon(self) -> bool:
        """True where every window starts before the lead time is over."""
        return all(starts_at < self.time_for_it for starts_at, _ in self.spans)

    @staticmethod
    def refuse_unless_taken(by: Person | None, rules: RequestRules) -> None:
        """Raise the Refused that says why no request of `by` (None: of somebody signed out) is taken now."""
        if not rules.is_open:
            raise SessionRequest.Closed(rules.closed_words.strip() or "We take no requests at the moment.")
        waiting = SessionRequest.objects.waiting()
        if rules.most_waiting and waiting.count() >= rules.most_waiting:
            raise SessionRequest.TooMany("As many requests are waiting as we can look after. Come back in some days.")
        most = rules.most_of_a_person
        if by and waiting.filter(by=by).count() >= most:
            if most == 1:
                raise SessionRequest.TooMany(
                    "A request of yours is waiting for our answer. Withdraw it to ask for something else."
                )
            raise SessionRequest.TooMany(
                f"{most} of your requests are waiting for our answer. Withdraw one of them to ask for something else."
            )

    # ---- verbs ----

    def lock(self) -> None:
        """Lock the request, and refresh it. A session is locked after its request, never before."""
        lock_row(self)

    @verb
    def assign(self, to: Person | None, by: Person) -> None:
        """Give it to a person of the office to look after, or to nobody."""
        self._lock_waiting()
        if self.assigned_to == to:
            return
        before, self.assigned_to = self.assigned_to, to
        self.save(update_fields=["assigned_to"])
        record(by, self, f"Assigned to {to or 'nobody'}, before to {before or 'nobody'}.")

    @verb
    def reply(self, answer: str, by: Person, now: datetime | None = None) -> None:
        """Write `answer` to the person who asked, as often as it changes; the request goes on waiting."""
        self._lock_waiting()
        if self.answer == answer:
            return
        self.answer, self.answered_at = answer, now or database_clock.now()
        self.save(update_fields=["answer", "answered_at"])
        record(by, self, f"Answered: {answer}")
        request_answered.send(SessionRequest, request=self)

    @verb
    def decline(self, reason: str, by: Person, now: datetime | None = None) -> None:
        """End it with the reason that the person is told."""
        self._lock_waiting()
        self.decline_reason = reason
        self._end(self.Status.DECLINED, now or database_clock.now(), "decline_reason")
        record(by, self, f"Declined. {reason}")
        request_declined.send(SessionRequest, request=self)

    @verb
    def withdraw(self, by: Person, now: datetime | None = None) -> None:
        """End it because the team does not need it any more. A second call changes nothing."""
        self.lock()
        if self.status == self.Status.WITHDRAWN:
            return
        self._refuse_ended()
        self._end(self.Status.WITHDRAWN, now or database_clock.now())
        record(by, self, "Withdrawn.")
        request_withdrawn.send(SessionRequest, request=self)

    @verb
    def schedule(
        self, workshop: Workshop, plans: list[MeetingPlan], by: Person, now: datetime | None = None, **overrides: Any
    ) -> Session:
        """Make an unlisted session of it, published at once; `request_scheduled` then nominates the team.

        `overrides` are Session fields that differ from what follows (minimum, facilitators ...). Refuses (Ended) what
        somebody has scheduled before, and raises Session.Refused as publishing does; then nothing is left behind.
        """
        now = now or database_clock.now()
        self._lock_waiting()
        session = Session.objects.schedule(workshop, plans, by=by, now=now, listed=False, **overrides)
        session.publish(by=by, now=now)
        self.session = session
        self._end(self.Status.SCHEDULED, now, "session")
        record(by, self, f"Scheduled: {session}.")
        request_scheduled.send(SessionRequest, request=self, session=session, by=by, now=now)
        return session

    # ---- what the verbs have in common ----

    def _lock_waiting(self) -> None:
        self.lock()
        self._refuse_ended()

    def _refuse_ended(self) -> None:
        if not self.is_waiting:
            state = self.get_status_display().lower()
            raise self.Ended(f"This request is {state} already. Nothing was changed.")

    def _end(self, status: str, now: datetime, *fields: str) -> None:
        self.status, self.ended_at = status, now
        self.save(update_fields=["status", "ended_at", *fields])


class RequestWindow(models.Model):
    """A time that would suit the team: the session is somewhere in it."""

    request = models.ForeignKey(SessionRequest, models.CASCADE, related_name="windows")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="request_window_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__gte=EARLIEST, ends_at__lt=LATEST), name="request_window_in_this_century"
            ),
        ]

    def __str__(self) -> str:
        return self.words()

    def words(self, this_year: int = 0) -> str:
        """“Tue, May 14, 12:30–4:00 PM, Central time”; with the year unless it is `this_year`."""
        zone = self.request.time_zone
        day = short_day(self.starts_at, zone, this_year)
        return f"{day}, {time_span(self.starts_at, self.ends_at, zone)}, {zone_words(zone, self.starts_at)}"
