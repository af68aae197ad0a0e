"""Live the demo's season: every session reaches its state through the verbs, in the order of time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from accounts.models import Person
from catalog.models import Format, Workshop
from operations.demo.season import ZONE, Story, yesterday_at_five
from registrations.models import Accommodation, Nomination, Registration
from sessions_app.models import MeetingPlan, Session, Venue

Happening = tuple[datetime, Callable[[datetime], object]]


def play(stories: list[Story], office: Person, amina: Person, others: list[Person], now: datetime) -> None:
    """Schedule every story's session, then let happen what happened before `now`, earliest first.

    `amina` registers where a story says so; `others` take turns for the other seats.
    """
    happenings: list[Happening] = []
    for number, story in enumerate(stories):
        session = schedule(story, office, now)
        happenings += life(story, session, guests(story, session.workshop, amina, others, number), office, now)
    for at, happen in sorted(happenings, key=itemgetter(0)):
        happen(at)


def schedule(story: Story, office: Person, now: datetime) -> Session:
    """Create the draft, two months ahead of its start and at least three weeks ago."""
    workshop = Workshop.objects.get(title=story.workshop)
    overrides = dict(story.overrides)
    venue = None
    if story.venue:
        building, room = story.venue.rsplit(" ", 1)
        venue = Venue.objects.get(building=building, room=room)
        if workshop.format == Format.ONLINE:
            overrides["format"] = Format.IN_PERSON
    if story.decided_yesterday:
        overrides["confirm_by"] = yesterday_at_five(now)
    link = (
        ""
        if overrides.get("format", workshop.format) == Format.IN_PERSON
        else f"https://meet.example.edu/{workshop.slug}"
    )
    if overrides.get("format", workshop.format) == Format.HYBRID:
        overrides = split(overrides, workshop)
    meetings = [MeetingPlan(start, end, ZONE, venue=venue, join_link=link) for start, end in story.meetings]
    return Session.objects.schedule(workshop, meetings, office, now=scheduled_at(story, now), **overrides)


def split(overrides: dict[str, Any], workshop: Workshop) -> dict[str, Any]:
    """Add the seats of each mode: in the room as many as the story says, otherwise half of all; the rest online."""
    capacity = overrides.get("capacity", workshop.default_capacity)
    room = overrides.get("room_capacity", capacity // 2)
    return overrides | {"capacity": capacity, "room_capacity": room, "online_capacity": capacity - room}


def scheduled_at(story: Story, now: datetime) -> datetime:
    """Return when the office schedules a session: two months ahead, and at least 22 days ago."""
    return min(story.meetings[0][0] - timedelta(days=60), now - timedelta(days=22))


def guests(story: Story, workshop: Workshop, amina: Person, others: list[Person], number: int) -> list[Person]:
    """Return the people who register, in order; each session begins with another person, so that all get about."""
    eligible = [person for person in others if workshop.is_for(person)]
    turn = number * 5 % len(eligible)
    people = eligible[turn:] + eligible[:turn]
    if story.amina:
        people.insert(story.amina - 1, amina)
    return people[: story.registered + story.waiting + story.left]


def life(story: Story, session: Session, people: list[Person], office: Person, now: datetime) -> Iterator[Happening]:
    """Yield when each verb is called on `session` before `now`, and a function of that instant that calls it.

    The first `story.left` people leave again. What is due is settled at once, as Celery would.
    """
    if story.draft:
        return
    published_at = scheduled_at(story, now) + timedelta(days=1)
    decided_by = min(now, session.confirm_by)
    last_at = decided_by - timedelta(days=1)
    made: list[Registration] = []

    def register(person: Person) -> Callable[[datetime], None]:
        def happen(at: datetime) -> None:
            # Where people are asked, every second one comes to the room.
            mode = session.lines[len(made) % 2] if session.asks_how else ""
            made.append(Registration.objects.register(person, session, now=at, mode=mode))
            if len(made) <= len(story.needs):
                Accommodation.objects.ask(made[-1], story.needs[len(made) - 1], now=at)
            if session.seats_taken >= session.minimum:
                session.settle(now=at)

        return happen

    def withdraw(number: int) -> Callable[[datetime], None]:
        return lambda at: made[number].withdraw(made[number].person, now=at)

    yield published_at, lambda at: session.publish(office, now=at)
    for number, person in enumerate(people, start=1):
        yield published_at + (last_at - published_at) * number / (len(people) + 1), register(person)
    for number in range(story.left):
        yield last_at, withdraw(number)
    if story.nominates:
        yield last_at, lambda at: Nomination.objects.nominate(story.nominates, session, made[0].person, now=at)
    if story.answer:
        yield last_at, lambda at: answer_first(made[0], story.answer, office, at)
    acts_at = decided_by - timedelta(hours=12)
    if story.extended:
        until = session.starts_at - timedelta(hours=24)
        yield acts_at, lambda at: session.extend(until, office, now=at)
    if story.run_anyway:
        yield acts_at, lambda at: session.run_anyway(story.run_anyway, office, now=at)
    if story.cancelled:
        yield acts_at, lambda at: session.cancel(story.cancelled, office, now=at)
    for due_at in (session.confirm_by, session.ends_at):
        if due_at <= now:
            yield due_at, lambda at: session.settle(now=at)


def answer_first(registration: Registration, answer: str, office: Person, at: datetime) -> None:
    """Answer what the person asked for with this registration."""
    asked = Accommodation.objects.of(registration)
    assert asked is not None, "the story says what the person needs"
    asked.reply(answer, office, asked.asked_at, now=at)
