"""What the demo has beside its season: something to read, and teams that ask for a session of their own."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from accounts.models import Person
from catalog.models import Action, Format, Topic, Workshop
from foundation.wall_clock import instant
from library.models import Citation, Placement, Resource
from operations.demo.season import ZONE, is_away, read
from registrations.models import Nomination
from sessions_app.models import MeetingPlan, SessionRequest, Wanted

NOON, HALF_PAST_ONE, FOUR = time(12), time(13, 30), time(16)


def build_library() -> None:
    """Create the published resources, each where it belongs."""
    workshops = {each.title: each for each in Workshop.objects.all()}
    for position, content in enumerate(read("library.toml")["resource"], start=1):
        topics, actions = content.pop("topics"), content.pop("actions", [])
        places, cited = content.pop("workshops", []), content.pop("citation", None)
        resource = Resource.objects.create(
            slug=slugify(content["title"]), position=position, status=Resource.Status.PUBLISHED, **content
        )
        resource.topics.set(Topic.objects.filter(name__in=topics))
        resource.actions.set(Action.objects.filter(name__in=actions))
        Placement.objects.bulk_create(Placement(resource=resource, workshop=workshops[title]) for title in places)
        if cited:
            Citation.objects.create(resource=resource, **cited)


def play_requests(office: Person, people: dict[str, Person], days_taken: Iterable[date], now: datetime) -> None:
    """Let one team wait for the answer to its request, and another one be four of the six that its session needs."""
    hana, leilani = people["hana.quietmarsh@example.edu"], people["leilani.nettlecairn@example.edu"]
    first, second = free_days(now, days_taken)
    SessionRequest.objects.ask(
        hana,
        Wanted(
            workshop=Workshop.objects.get(title="Cultural Humility"),
            people=9,
            windows=[at(first, NOON, FOUR), at(second, NOON, FOUR)],
            time_zone=ZONE,
            unit=hana.unit,
            campus=hana.campus,
            hopes="Three of us are new, and we read files of people from everywhere. We would like to begin well.",
        ),
        now=now - timedelta(days=4),
    )
    team = [people[f"{name}@example.edu"] for name in ("isolde.dunewhistle", "keiko.frostmeadow", "omar.jasperglen")]
    wellbeing = Workshop.objects.get(title="Workplace Wellbeing")
    request = SessionRequest.objects.ask(
        leilani,
        Wanted(
            workshop=wellbeing,
            people=8,
            windows=[at(second, NOON, FOUR)],
            time_zone=ZONE,
            unit=leilani.unit,
            campus=leilani.campus,
            addresses=[person.email for person in team],
            hopes="A hard winter on our floor. We want an hour and a half that is ours.",
        ),
        now=now - timedelta(days=9),
    )
    request.reply("We have a date in mind and are asking for a room.", office, now=now - timedelta(days=8))
    start, end = at(second, NOON, HALF_PAST_ONE)
    plan = MeetingPlan(start, end, ZONE, join_link="https://meet.example.edu/your-team")
    request.schedule(wellbeing, [plan], office, now=now - timedelta(days=7), format=Format.ONLINE)
    for person, days in zip(team, (6, 5, 2), strict=True):
        Nomination.objects.get(email=person.email, session=request.session).accept(person, now - timedelta(days=days))


def at(day: date, start: time, end: time) -> tuple[datetime, datetime]:
    """Return two instants of one day on the demo's wall clock."""
    return instant(day, start, ZONE), instant(day, end, ZONE)


def free_days(now: datetime, taken: Iterable[date]) -> tuple[date, date]:
    """Return two working days, five weeks from now or later, on which nothing else is."""
    today, busy = now.astimezone(ZoneInfo(ZONE)).date(), set(taken)
    days = (today + timedelta(days=number) for number in count(35))
    free = (day for day in days if day.weekday() < 5 and day not in busy and not is_away(day))
    return next(free), next(free)
