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

from accounts.models import Campus, Person
from catalog.models import Workshop
from operations.invariants import breaches
from registrations.models import Registration
from registrations.tasks import fill_free_seats
from sessions_app.models import MeetingPlan, Mode, Session, Venue
from sessions_app.models.opening import LAST_DAY

CROWD = 8
LENGTH = timedelta(minutes=90)


class Model:
    """What is promised, without database or locks. A verb returns False where the real one refuses.

    `capacities` is by mode: of a session that asks how people take part two, of any other that of "".
    """

    def __init__(self, minimum, capacities, confirm_by, starts_at):
        self.minimum, self.capacities, self.confirm_by, self.starts_at = minimum, capacities, confirm_by, starts_at
        self.status, self.positions, self.away, self.elsewhere = "open", 0, set(), set()
        # Each by person, with a mode, in order: who has a seat, waits, and has a seat but would rather switch.
        self.seated, self.waiting, self.wishes = {}, {}, {}

    def runs(self, now):
        return self.status in ("open", "confirmed") and now < self.starts_at

    def is_free(self, mode):
        return list(self.seated.values()).count(mode) < self.capacities[mode]

    def has_room(self, mode):
        before = [who for who, wanted in self.waiting.items() if wanted == mode and who not in self.away]
        return list(self.seated.values()).count(mode) + len(before) < self.capacities[mode]

    def register(self, who, mode, now):
        if who not in self.seated | self.waiting and who not in self.away and self.runs(now):
            self.waiting[who] = mode
            self.promote(now)
            self.positions += 1
        return who in self.seated | self.waiting

    def withdraw(self, who, now):
        if who in self.seated | self.waiting and self.runs(now):
            for people in (self.seated, self.waiting, self.wishes):
                people.pop(who, None)
            self.promote(now)
        return who not in self.seated | self.waiting

    def move_out(self, who, now):
        may = self.runs(now) and who not in self.away | self.elsewhere
        self.elsewhere |= {who} if may else set()
        return may and self.withdraw(who, now)

    def move_in(self, who, mode, now):
        may = self.has_room(mode) and who not in self.seated | self.waiting and self.register(who, mode, now)
        self.elsewhere -= {who} if may else set()
        return may

    def switch(self, who, mode, now):
        mine = (self.seated | self.waiting).get(who)
        if mine is None or not self.runs(now) or (mine != mode and not self.has_room(mode)):
            return False
        if mine != mode and who in self.waiting and who in self.away:
            return False
        self.wishes.pop(who, None)
        if mine != mode:
            self.waiting.pop(who, None)
            self.seated[who] = mode
            self.promote(now)
        return True

    def ask_to_switch(self, who, mode, now):
        if self.switch(who, mode, now):
            return True
        may = who in self.seated and self.runs(now)
        self.wishes |= {who: mode} if may else {}
        return may

    def promote(self, now):
        for who, mode in list(self.waiting.items()):
            if who not in self.away and self.runs(now) and self.is_free(mode):
                self.seated[who] = self.waiting.pop(who)
        for mode in self.capacities:
            first = next((who for who, wanted in self.wishes.items() if wanted == mode), None)
            if first is not None and self.runs(now) and self.is_free(mode):
                self.seated[first] = self.wishes.pop(first)
                return self.promote(now)

    def settle(self, now):
        if self.status == "confirmed" and now >= self.starts_at + LENGTH:
            self.status = "completed"
        if self.status == "open" and self.runs(now) and len(self.seated) >= self.minimum:
            self.status = "confirmed"
        if self.status == "open" and now >= self.confirm_by:
            self.cancel(self.confirm_by)
        return True

    def run_anyway(self, now):
        may = self.status == "open" and self.runs(now) and bool(self.seated)
        self.status = "confirmed" if may else self.status
        return self.status == "confirmed"

    def extend(self, until, now):
        fine = self.status == "open" and self.runs(now) and (until == self.confirm_by or now < until <= self.starts_at)
        self.confirm_by = until if fine else self.confirm_by
        return fine

    def cancel(self, now):
        if self.status in ("open", "confirmed") and now < self.starts_at + LENGTH:
            self.status, self.seated, self.waiting, self.wishes = "cancelled", {}, {}, {}
        return self.status == "cancelled"

    def resize(self, minimum, capacities, now):
        if (minimum, capacities) != (self.minimum, self.capacities):
            fits = all(list(self.seated.values()).count(mode) <= many >= 1 for mode, many in capacities.items())
            if self.status not in ("open", "confirmed") or not 1 <= minimum <= sum(capacities.values()) or not fits:
                return False
            self.minimum, self.capacities = minimum, capacities
            self.promote(now)
        return True


@dataclass
class Cast:
    """Who is there already: the office, and a crowd whom the workshop is for."""

    office: Person
    workshop: Workshop
    room: Venue
    crowd: list[Person]

    @classmethod
    def gather(cls) -> "Cast":
        """Create them, under addresses of their own."""
        office = Person.objects.create_user("machine.office@example.edu", name="Office Person", is_staff=True)
        workshop = Workshop.objects.create(title="Machine", slug="machine", status=Workshop.Status.PUBLISHED)
        fields = {"name": "Somebody", "role": Person.Role.STAFF}
        crowd = [Person.objects.create_user(f"machine{number}@example.edu", **fields) for number in range(CROWD)]
        room = Venue.objects.create(campus=Campus.objects.create(name="Machine"), building="Hall", room="1")
        return cls(office, workshop, room, crowd)


class SessionMachine(RuleBasedStateMachine):
    """One run: a published session, then verbs in any order. All of it is undone at the end."""

    cast: Cast
    people = some.integers(0, CROWD - 1)
    modes = some.sampled_from(Mode.values)

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(
        minimum=some.integers(1, 4), more=some.integers(0, 2), online=some.integers(0, 2), first=some.integers(0, CROWD)
    )
    def publish(self, minimum, more, online, first):
        self.now = timezone.now()
        starts_at = self.now + timedelta(days=14)
        confirm_by = starts_at - timedelta(days=3)
        link, room = "https://meet.example.edu/x", self.cast.room if online else None
        plan = MeetingPlan(starts_at, starts_at + LENGTH, "America/Chicago", venue=room, join_link=link)
        capacities = {Mode.ROOM.value: minimum + more, Mode.ONLINE.value: online} if online else {"": minimum + more}
        sizes = {"minimum": minimum, "capacity": sum(capacities.values()), "confirm_by": confirm_by}
        if online:
            sizes |= {"format": "hybrid", "room_capacity": minimum + more, "online_capacity": online}
        self.session = Session.objects.schedule(self.cast.workshop, [plan], self.cast.office, now=self.now, **sizes)
        self.session.publish(self.cast.office, now=self.now)
        # Another date of the workshop, with room for everybody.
        plan = MeetingPlan(starts_at + 2 * LENGTH, starts_at + 3 * LENGTH, "America/Chicago", join_link=link)
        sizes_there = {"minimum": CROWD, "capacity": CROWD}
        self.other = Session.objects.schedule(self.cast.workshop, [plan], self.cast.office, now=self.now, **sizes_there)
        self.other.publish(self.cast.office, now=self.now)
        self.model, self.asked = Model(minimum, capacities, confirm_by, starts_at), 0
        for person in self.cast.crowd:
            person.is_active = True
        for who in range(first):
            self.register(who, Mode.values[who % 2])

    def is_early(self) -> bool:
        return self.now < self.session.starts_at - LAST_DAY

    def as_asked(self, mode: str) -> str:
        return mode if self.session.asks_how else ""

    def own(self, who: int) -> Registration | None:
        return Registration.objects.filter(person=self.cast.crowd[who], session=self.session).order_by("pk").last()

    def agree(self, promised: bool, verb, *args, **kwargs) -> None:
        """Call the verb. It must be refused exactly when the model refused."""
        try:
            verb(*args, **kwargs)
        except (Session.Refused, Registration.Refused) as refusal:
            assert not promised, f"refused: {refusal}"
        else:
            assert promised, "not refused"

    @rule(who=people, mode=modes)
    def register(self, who, mode):
        mode = self.as_asked(mode)
        promised, person = self.model.register(who, mode, self.now), self.cast.crowd[who]
        self.agree(promised, Registration.objects.register, person, self.session, now=self.now, mode=mode)

    @rule(who=people)
    def withdraw(self, who):
        if newest := self.own(who):
            self.agree(self.model.withdraw(who, self.now), newest.withdraw, self.cast.crowd[who], now=self.now)

    @rule(who=people, mode=modes)
    def switch(self, who, mode):
        if self.session.asks_how and (newest := self.own(who)):
            promised = self.model.switch(who, mode, self.now)
            self.agree(promised, newest.switch, mode, self.cast.crowd[who], now=self.now)

    @rule(who=people, mode=modes)
    def ask_to_switch(self, who, mode):
        if self.session.asks_how and (newest := self.own(who)):
            # Nobody asks at the same instant: the verb holds the lock of the session.
            self.asked += 1
            at, promised = self.now + timedelta(microseconds=self.asked), self.model.ask_to_switch(who, mode, self.now)
            self.agree(promised, newest.ask_to_switch, mode, self.cast.crowd[who], now=at)

    @rule(who=people)
    def move_out(self, who):
        if own := self.session.registrations.active().filter(person=self.cast.crowd[who]).first():
            promised = self.model.move_out(who, self.now)
            self.agree(promised, own.transfer, self.other, self.cast.crowd[who], now=self.now)

    @rule(who=people, mode=modes)
    def move_in(self, who, mode):
        if own := self.other.registrations.active().filter(person=self.cast.crowd[who]).first():
            mode = self.as_asked(mode)
            promised = self.model.move_in(who, mode, self.now)
            self.agree(promised, own.transfer, self.session, self.cast.crowd[who], now=self.now, mode=mode)

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
    @rule(minimum=some.integers(0, 5), many=some.integers(0, 7), online=some.integers(0, 3))
    def resize(self, minimum, many, online):
        sizes = {"room": many, "online": online} if self.session.asks_how else {}
        capacities = dict(zip(self.model.capacities, (many, online), strict=False))
        promised, capacity = self.model.resize(minimum, capacities, self.now), sum(capacities.values())
        self.agree(promised, self.session.resize, minimum, capacity, self.cast.office, **sizes)

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
        assert (session.status, session.minimum, session.capacity) == (
            model.status,
            model.minimum,
            sum(model.capacities.values()),
        )
        assert session.confirm_by == model.confirm_by
        assert {number[each.person_id]: each.mode for each in session.registrations.registered()} == model.seated
        waiting = [(number[each.person_id], each.mode) for each in session.registrations.waitlisted()]
        assert waiting == list(model.waiting.items())
        asked = session.registrations.registered().exclude(wants="").order_by("wants_since")
        assert [(number[each.person_id], each.wants) for each in asked] == list(model.wishes.items())
        for mode, capacity in model.capacities.items():
            counted = (session.capacity_in(mode), session.taken_in(mode), session.waiting_in(mode))
            found = [list(people.values()).count(mode) for people in (model.seated, model.waiting)]
            assert counted == (capacity, *found)
        elsewhere = self.other.registrations.registered()
        assert {number[each.person_id] for each in elsewhere} == model.elsewhere
        assert (session.seats_taken, session.waiting_count) == (len(model.seated), len(model.waiting))
        assert session.next_position == session.registrations.count() + 1 == model.positions + 1


def run(cast: Cast, examples: int, steps: int, **options) -> None:
    """Live through `examples` sessions of at most `steps` steps each. Fails with the shortest life that goes wrong."""
    options = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)} | options
    machine = type("SessionMachine", (SessionMachine,), {"cast": cast})
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=steps, **options))
