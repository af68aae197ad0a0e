"""One session lived through by hypothesis, against a model of it in plain lists; people move to another date and back.

A step calls one verb at one instant; afterwards the rows must say what the model says, and the verb must have been
refused exactly when the model refuses. Time only moves on, in hours, and skips the last day before the start, in which
freed seats are given otherwise.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Person
from catalog.models import Workshop
from operations.invariants import breaches
from registrations.models import Registration
from registrations.tasks import fill_free_seats
from sessions_app.models import MeetingPlan, Session
from sessions_app.models.opening import LAST_DAY

CROWD = 8
LENGTH = timedelta(minutes=90)


class Model:
    """What is promised, without database or locks. A verb returns False where the real one refuses."""

    def __init__(self, minimum, capacity, confirm_by, starts_at):
        self.minimum, self.capacity, self.confirm_by, self.starts_at = minimum, capacity, confirm_by, starts_at
        self.status, self.positions = "open", 0
        self.seated, self.waiting, self.away, self.elsewhere = [], [], set(), set()

    def runs(self, now):
        return self.status in ("open", "confirmed") and now < self.starts_at

    def has_room(self):
        return len(self.seated) + len(set(self.waiting) - self.away) < self.capacity

    def register(self, who, now):
        if who not in self.seated + self.waiting + list(self.away) and self.runs(now):
            self.waiting.append(who)
            self.promote(now)
            self.positions += 1
        return who in self.seated + self.waiting

    def withdraw(self, who, now):
        if who in self.seated + self.waiting and self.runs(now):
            (self.seated if who in self.seated else self.waiting).remove(who)
            self.promote(now)
        return who not in self.seated + self.waiting

    def move_out(self, who, now):
        may = self.runs(now) and who not in self.away | self.elsewhere
        self.elsewhere |= {who} if may else set()
        return may and self.withdraw(who, now)

    def move_in(self, who, now):
        may = self.has_room() and who not in self.seated + self.waiting and self.register(who, now)
        self.elsewhere -= {who} if may else set()
        return may

    def promote(self, now):
        for who in [each for each in self.waiting if each not in self.away]:
            if self.runs(now) and len(self.seated) < self.capacity:
                self.waiting.remove(who)
                self.seated.append(who)

    def settle(self, now):
        if self.status == "confirmed" and now >= self.starts_at + LENGTH:
            self.status = "completed"
        if self.status == "open" and self.runs(now) and len(self.seated) >= self.minimum:
            self.status = "confirmed"
        if self.status == "open" and now >= self.confirm_by:
            self.cancel(self.confirm_by)
        return True

    def run_anyway(self, now):
        self.status = "confirmed" if self.status == "open" and self.runs(now) else self.status
        return self.status == "confirmed"

    def extend(self, until, now):
        fine = self.status == "open" and self.runs(now) and (until == self.confirm_by or now < until <= self.starts_at)
        self.confirm_by = until if fine else self.confirm_by
        return fine

    def cancel(self, now):
        if self.status in ("open", "confirmed") and now < self.starts_at + LENGTH:
            self.status, self.seated, self.waiting = "cancelled", [], []
        return self.status == "cancelled"

    def resize(self, minimum, capacity, now):
        if (minimum, capacity) != (self.minimum, self.capacity):
            if self.status not in ("open", "confirmed") or not 1 <= minimum <= capacity >= len(self.seated):
                return False
            self.minimum, self.capacity = minimum, capacity
            self.promote(now)
        return True


@dataclass
class Cast:
    """Who is there already: the office, and a crowd whom the workshop is for."""

    office: Person
    workshop: Workshop
    crowd: list[Person]

    @classmethod
    def gather(cls) -> "Cast":
        """Create them, under addresses of their own."""
        office = Person.objects.create_user("machine.office@example.edu", name="Office Person", is_staff=True)
        workshop = Workshop.objects.create(title="Machine", slug="machine", status=Workshop.Status.PUBLISHED)
        fields = {"name": "Somebody", "role": Person.Role.STAFF}
        crowd = [Person.objects.create_user(f"machine{number}@example.edu", **fields) for number in range(CROWD)]
        return cls(office, workshop, crowd)


class SessionMachine(RuleBasedStateMachine):
    """One run: a published session, then verbs in any order. All of it is undone at the end."""

    cast: Cast
    people = some.integers(0, CROWD - 1)

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(minimum=some.integers(1, 4), more=some.integers(0, 2), first=some.integers(0, CROWD))
    def publish(self, minimum, more, first):
        self.now = timezone.now()
        starts_at = self.now + timedelta(days=14)
        confirm_by = starts_at - timedelta(days=3)
        plan = MeetingPlan(starts_at, starts_at + LENGTH, "America/Chicago", join_link="https://meet.example.edu/x")
        sizes = {"minimum": minimum, "capacity": minimum + more, "confirm_by": confirm_by}
        self.session = Session.objects.schedule(self.cast.workshop, [plan], self.cast.office, now=self.now, **sizes)
        self.session.publish(self.cast.office, now=self.now)
        # Another date of the workshop, with room for everybody.
        plan = MeetingPlan(starts_at + 2 * LENGTH, starts_at + 3 * LENGTH, "America/Chicago", join_link=plan.join_link)
        sizes_there = {"minimum": CROWD, "capacity": CROWD}
        self.other = Session.objects.schedule(self.cast.workshop, [plan], self.cast.office, now=self.now, **sizes_there)
        self.other.publish(self.cast.office, now=self.now)
        self.model = Model(starts_at=starts_at, **sizes)
        for person in self.cast.crowd:
            person.is_active = True
        for who in range(first):
            self.register(who)

    def is_early(self) -> bool:
        return self.now < self.session.starts_at - LAST_DAY

    def agree(self, promised: bool, verb, *args, **kwargs) -> None:
        """Call the verb. It must be refused exactly when the model refused."""
        try:
            verb(*args, **kwargs)
        except (Session.Refused, Registration.Refused) as refusal:
            assert not promised, f"refused: {refusal}"
        else:
            assert promised, "not refused"

    @rule(who=people)
    def register(self, who):
        promised = self.model.register(who, self.now)
        self.agree(promised, Registration.objects.register, self.cast.crowd[who], self.session, now=self.now)

    @rule(who=people)
    def withdraw(self, who):
        newest = Registration.objects.filter(person=self.cast.crowd[who], session=self.session).order_by("pk").last()
        if newest:
            self.agree(self.model.withdraw(who, self.now), newest.withdraw, self.cast.crowd[who], now=self.now)

    @rule(who=people)
    def move_out(self, who):
        if own := self.session.registrations.active().filter(person=self.cast.crowd[who]).first():
            promised = self.model.move_out(who, self.now)
            self.agree(promised, own.transfer, self.other, self.cast.crowd[who], now=self.now)

    @rule(who=people)
    def move_in(self, who):
        if own := self.other.registrations.active().filter(person=self.cast.crowd[who]).first():
            promised = self.model.move_in(who, self.now)
            self.agree(promised, own.transfer, self.session, self.cast.crowd[who], now=self.now)

    @rule()
    def settle(self):
        self.agree(self.model.settle(self.now), self.session.settle, now=self.now)

    @rule()
    def run_anyway(self):
        promised = self.model.run_anyway(self.now)
        self.agree(promised, self.session.run_anyway, "A small circle is fine.", self.cast.office, now=self.now)

    @rule(hours=some.sampled_from([-1, 0, 24, 200, 400]))
    def extend(self, hours):
        until = self.now + timedelta(hours=hours)
        self.agree(self.model.extend(until, self.now), self.session.extend, until, self.cast.office, now=self.now)

    # One time in eight: nothing much happens to a cancelled session.
    @rule(dice=some.integers(1, 8))
    def cancel(self, dice):
        if dice < 8:
            return
        self.agree(self.model.cancel(self.now), self.session.cancel, "Snow.", self.cast.office, now=self.now)

    # A person who waits gets an added seat at the clock's own time, which is the start of the run.
    @precondition(is_early)
    @rule(minimum=some.integers(0, 5), capacity=some.integers(0, 7))
    def resize(self, minimum, capacity):
        promised = self.model.resize(minimum, capacity, self.now)
        self.agree(promised, self.session.resize, minimum, capacity, self.cast.office)

    @rule(who=people)
    def switch_off_or_on(self, who):
        person = self.cast.crowd[who]
        person.is_active = not person.is_active
        person.save(update_fields=["is_active"])
        self.model.away ^= {who}

    @precondition(is_early)
    @rule()
    def sweep_and_recount(self):
        self.model.promote(self.now)
        fill_free_seats()
        assert list(breaches(self.now)) == []

    @rule(hours=some.sampled_from([1, 24, 100, 200]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)
        if not self.is_early():
            self.now = max(self.now, self.session.starts_at)

    @invariant()
    def the_rows_say_what_the_model_says(self):
        if not hasattr(self, "model"):
            return
        number = {person.pk: who for who, person in enumerate(self.cast.crowd)}
        session, model = Session.objects.get(pk=self.session.pk), self.model
        assert (session.status, session.minimum, session.capacity) == (model.status, model.minimum, model.capacity)
        assert session.confirm_by == model.confirm_by
        assert {number[each.person_id] for each in session.registrations.registered()} == set(model.seated)
        assert [number[each.person_id] for each in session.registrations.waitlisted()] == model.waiting
        elsewhere = self.other.registrations.registered()
        assert {number[each.person_id] for each in elsewhere} == model.elsewhere
        assert (session.seats_taken, session.waiting_count) == (len(model.seated), len(model.waiting))
        assert session.next_position == session.registrations.count() + 1 == model.positions + 1


def run(cast: Cast, examples: int, steps: int, **options) -> None:
    """Live through `examples` sessions of at most `steps` steps each. Fails with the shortest life that goes wrong."""
    options = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)} | options
    machine = type("SessionMachine", (SessionMachine,), {"cast": cast})
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=steps, **options))
