"""Fill an empty database with the demo."""

import csv
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Campus, Champion, Person, Unit
from accounts.models.groups import OfficeGroup
from catalog.models import (
    Action,
    Facilitator,
    Format,
    Objective,
    Offering,
    Part,
    Partner,
    PartPlan,
    Program,
    ProgramWorkshop,
    TeamMember,
    Topic,
    Workshop,
)
from notifications.calendars.snapshots import note_snapshots
from notifications.models import Notice
from operations.demo.further import build_library, play_requests
from operations.demo.leading import play_leading
from operations.demo.outcomes import play_outcomes
from operations.demo.play import play
from operations.demo.season import CONTENT, ZONE, read, season
from outcomes.figures.keeping import keep_due
from registrations.models import PriorAttendance
from sessions_app.models import Session, Venue

OFFICE, MANAGER = "office@example.edu", "manager@example.edu"
AMINA = "amina.hazelwick@example.edu"  # registered, waiting and done here and there
KAI = "kai.mossgrove@example.edu"  # registered nowhere yet


class NotEmpty(Exception):
    """There is something in the database that the demo could spoil."""


def is_empty() -> bool:
    """Return whether the database knows no workshop, no session and nobody but the rule."""
    people = Person.objects.exclude(email=Person.objects.RULE_ADDRESS)
    return not (Workshop.objects.exists() or Session.objects.exists() or people.exists())


@transaction.atomic
def build(now: datetime) -> None:
    """Fill the database with the demo as it stands at `now`, or raise NotEmpty and change nothing."""
    if not is_empty():
        raise NotEmpty("This database is not empty, and the demo only fills an empty one.")
    build_places()
    office, people = build_people(since=now - timedelta(days=200))
    build_champions(office, now)
    build_catalog(office, now)
    note_what_was_taken_before([person for email, person in people.items() if email not in (AMINA, KAI)])
    stories = season(now)
    usual_venues = {each["title"]: each.get("venue", "") for each in read("workshops.toml")["workshop"]}
    for story in stories:
        story.venue = story.venue or usual_venues[story.workshop]
    others = [person for email, person in people.items() if email not in (AMINA, KAI)]
    play(stories, office, people[AMINA], others, now)
    build_library()
    days = [start.astimezone(ZoneInfo(ZONE)).date() for story in stories for start, _ in story.meetings]
    play_requests(office, people, days, now)
    play_outcomes(office, people, now)
    keep_due(now)
    play_leading(office, now - timedelta(days=200), now)
    set_mail_aside(now)


def build_places() -> None:
    """Create campuses, units, venues, facilitators, the team and the partners."""
    places = read("places.toml")
    campuses = {each["name"]: Campus.objects.create(**each) for each in places["campus"]}
    for each in places["unit"]:
        parent = Unit.objects.get(name=each["parent"]) if "parent" in each else None
        Unit.objects.create(name=each["name"], parent=parent, head_count=each.get("head_count"))
    for each in places["venue"]:
        Venue.objects.create(**each | {"campus": campuses[each["campus"]]})
    Facilitator.objects.bulk_create(Facilitator(**each) for each in places["facilitator"])
    facilitators = {each.name: each for each in Facilitator.objects.all()}
    TeamMember.objects.bulk_create(
        TeamMember(position=position, facilitator=facilitators.get(each["name"]), **each)
        for position, each in enumerate(places["team"], start=1)
    )
    Partner.objects.bulk_create(Partner(**each) for each in places["partner"])


def build_people(since: datetime) -> tuple[Person, dict[str, Person]]:
    """Create the accounts of the office and of a Manager, and the people by address; all have proved their address."""
    units = {unit.name: unit for unit in Unit.objects.all()}
    campuses = {campus.name: campus for campus in Campus.objects.all()}
    office = Person.objects.create_user(
        OFFICE,
        is_staff=True,
        name="Robin Deskworth",
        role=Person.Role.STAFF,
        unit=units["Office of Diversity, Equity, and Inclusion"],
        campus=campuses["Twin Cities"],
        created_at=since,
    )
    # So that people who try the demo see the page of access requests, too.
    office.groups.add(*Group.objects.filter(name__in=[OfficeGroup.OFFICE, OfficeGroup.ACCOMMODATIONS]))
    manager = Person.objects.create_user(
        MANAGER,
        is_staff=True,
        name="Marit Deskstone",
        role=Person.Role.STAFF,
        unit=units["Office of Diversity, Equity, and Inclusion"],
        campus=campuses["Twin Cities"],
        created_at=since,
    )
    manager.groups.add(Group.objects.get(name=OfficeGroup.MANAGER))
    people = {}
    with (CONTENT / "people.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            email = row["name"].lower().replace(" ", ".") + "@example.edu"
            row |= {"unit": units.get(row["unit"]), "campus": campuses[row["campus"]], "created_at": since}
            people[email] = Person.objects.create_user(email, **row)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in [office, manager, *people.values()]
    )
    return office, people


def build_champions(office: Person, now: datetime) -> None:
    """Let some of the people represent their units, a month apart."""
    represented = [each for each in read("places.toml")["unit"] if "champion" in each]
    for number, each in enumerate(represented, start=1):
        person, unit = Person.objects.get(name=each["champion"]), Unit.objects.get(name=each["name"])
        since = (now - timedelta(days=30 * number)).date()
        Champion.objects.appoint(person, unit, by=office, since=since, now=now)


def build_catalog(office: Person, now: datetime) -> None:
    """Create the topics, the actions, and the published workshops and programs with all that belongs to them."""
    facilitators = {each.name: each for each in Facilitator.objects.all()}
    partners = {each.name: each for each in Partner.objects.all()}
    for position, action in enumerate(read("programs.toml")["action"], start=1):
        Action.objects.create(slug=slugify(action["name"]), position=position, **action)
    for each in read("workshops.toml")["workshop"]:
        roles = each.get("for", ["faculty", "staff", "residents", "students", "others"])
        workshop = Workshop.objects.create(
            title=each["title"],
            slug=slugify(each["title"]),
            summary=each["summary"],
            description=each["description"].strip(),
            minutes=each["minutes"],
            format=each.get("format", Format.ONLINE),
            offering=each.get("offering", Offering.TRAINING),
            offering_name=each.get("offering_name", ""),
            is_interactive=each.get("is_interactive", True),
            is_recorded=each.get("is_recorded", False),
            recording_note=each.get("recording_note", ""),
            sponsor=partners.get(each.get("sponsor", "")),
            default_minimum=each.get("minimum", 6),
            default_capacity=each.get("capacity", 24),
            pre_work=each["pre_work"],
            needs_attendance=each.get("needs_attendance", False),
            status=Workshop.Status.PUBLISHED,
            **{field: field.removeprefix("for_") in roles for field in Workshop.AUDIENCE_FIELDS.values()},
        )
        add_objectives(workshop, each, office, now)
        topics = [Topic.objects.get_or_create(name=name, slug=slugify(name))[0] for name in each["topics"]]
        workshop.topics.set(topics)
        workshop.facilitators.set(facilitators[name] for name in each["facilitators"])
        workshop.partners.set(partners[name] for name in each.get("partners", []))
        workshop.actions.set(Action.objects.filter(name__in=each.get("actions", [])))
    workshops = {each.title: each for each in Workshop.objects.all()}
    for each in read("workshops.toml")["workshop"]:
        workshops[each["title"]].requires.set(workshops[title] for title in each.get("requires", []))
    for position, each in enumerate(read("programs.toml")["program"], start=1):
        build_program(position, each, workshops, partners)


def add_objectives(workshop: Workshop, content: dict[str, Any], office: Person, now: datetime) -> None:
    """Give a workshop its objectives, and its parts theirs."""
    texts: list[tuple[Part | None, str]] = [(None, text) for text in content.get("objectives", [])]
    contents = content.get("parts", [])
    plans = [PartPlan(each["title"], each["minutes"]) for each in contents]
    for part, each in zip(Part.objects.divide(workshop, plans, office, now), contents, strict=True):
        texts += [(part, text) for text in each["objectives"]]
    Objective.objects.bulk_create(
        Objective(workshop=workshop, part=part, position=position, text=text)
        for position, (part, text) in enumerate(texts, start=1)
    )


def build_program(
    position: int, content: dict[str, Any], workshops: dict[str, Workshop], partners: dict[str, Partner]
) -> None:
    """Create a published program with its workshops in order."""
    program = Program.objects.create(
        title=content["title"],
        slug=slugify(content["title"]),
        lead=content["lead"],
        description=content["description"],
        sponsor=partners.get(content.get("sponsor", "")),
        contact=content.get("contact", ""),
        position=position,
        rule=content.get("rule", Program.Rule.NONE),
        status=Program.Status.PUBLISHED,
    )
    program.partners.set(partners[name] for name in content.get("partners", []))
    ProgramWorkshop.objects.bulk_create(
        ProgramWorkshop(program=program, workshop=workshops[title], position=place)
        for place, title in enumerate(content["workshops"], start=1)
    )


def note_what_was_taken_before(people: list[Person]) -> None:
    """Note that `people` took what other workshops come after, in the program of the year before.

    What is only for people who were there goes by the demo's own attendance.
    """
    PriorAttendance.objects.bulk_create(
        PriorAttendance(person=person, workshop=workshop, note="In the program of the year before.")
        for workshop in Workshop.objects.filter(prepares_for__needs_attendance=False).distinct()
        for person in people
    )


def set_mail_aside(now: datetime) -> None:
    """Mark the mail that the season owed so far as sent: it went out in the past, and the inbox starts empty.

    The invitations count as handed over, so that leaving one of these sessions takes it off the calendar again.
    """
    requests = Notice.objects.filter(state=Notice.State.QUEUED, method=Notice.Method.REQUEST)
    invited = list(requests.select_related("thread__meeting__venue__campus", "registration__session__workshop"))
    note_snapshots(invited, now)
    Notice.objects.bulk_update(invited, ["facts"])
    Notice.objects.filter(state=Notice.State.QUEUED).update(state=Notice.State.SENT, attempts=1, sent_at=now)
