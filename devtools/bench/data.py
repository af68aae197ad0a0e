"""Fill a database with upcoming sessions, and somebody who is signed in.

Rows are written straight, without the verbs: the pages read the same, and four thousand sessions take seconds. Nothing
shown is random, so two runs show the same pages.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Campus, Person
from catalog.models import Facilitator, Format, Objective, Program, ProgramWorkshop, Topic, Workshop
from registrations.models import Registration
from sessions_app.models import Meeting, Session, Venue

ZONE = "America/Chicago"
WORKSHOPS, OBJECTIVES, TOPICS, ROOMS = 12, 4, 5, 6
PROGRAMS = 3
OF_NO_PROGRAM = 4  # every fourth workshop
REGISTRATIONS = 5  # of the person who is signed in
DESCRIPTION = (
    "Practice in **small groups**, with cases from the wards and the classroom.\n\n- Listen\n- Name it\n- Repair"
)


def fill(count: int, now: datetime, workshop_count: int = WORKSHOPS) -> Person:
    """Create `count` upcoming sessions of so many workshops, and a person with five registrations. Returns the person.

    Of every four workshops three are in programs, of which there are three. Of every ten sessions five are gathering,
    three confirmed, one is full with people waiting, one cancelled. Eight start each day, so the first page shows the
    same days, no matter how many follow.
    """
    campus = Campus.objects.create(name="West Campus", time_zone=ZONE)
    Venue.objects.bulk_create(
        Venue(campus=campus, building="Learning Commons", room=str(200 + number), directions="Second floor.")
        for number in range(ROOMS)
    )
    workshops, venues = make_workshops(workshop_count), list(Venue.objects.all())
    sessions = Session.objects.bulk_create(
        (make_session(workshops[number % workshop_count], number, now) for number in range(count)), batch_size=500
    )
    Meeting.objects.bulk_create(
        (make_meeting(session, venues[number % ROOMS]) for number, session in enumerate(sessions)), batch_size=500
    )
    through = Session.facilitators.through
    leaders = dict(Workshop.facilitators.through.objects.values_list("workshop", "facilitator"))
    through.objects.bulk_create(
        (through(session_id=session.pk, facilitator_id=leaders[session.workshop_id]) for session in sessions),
        batch_size=500,
    )
    person = Person.objects.create_user("person@example.edu", name="Robin Vale", role=Person.Role.STAFF)
    register(person, sessions, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the planner would go on believing that the tables are as small as they were
    return person


def make_workshops(count: int = WORKSHOPS) -> list[Workshop]:
    """Create `count` published workshops with their objectives, topics and facilitators, and their programs."""
    topics = Topic.objects.bulk_create(Topic(name=f"Topic {n}", slug=f"topic-{n}") for n in range(TOPICS))
    workshops = Workshop.objects.bulk_create(
        Workshop(
            title=f"Workshop number {number}",
            slug=f"workshop-{number}",
            summary="What to say, and when, if you see it happen to somebody else.",
            description=DESCRIPTION,
            status=Workshop.Status.PUBLISHED,
        )
        for number in range(count)
    )
    Objective.objects.bulk_create(
        Objective(workshop=workshop, position=position, text=f"Say what a bystander can do, way {position + 1}")
        for workshop in workshops
        for position in range(OBJECTIVES)
    )
    facilitators = Facilitator.objects.bulk_create(
        Facilitator(name=f"Facilitator {number}", credentials="MEd") for number in range(count)
    )
    about, led_by = Workshop.topics.through, Workshop.facilitators.through
    about.objects.bulk_create(
        about(workshop=workshop, topic=topics[number % TOPICS]) for number, workshop in enumerate(workshops)
    )
    led_by.objects.bulk_create(
        led_by(workshop=workshop, facilitator=facilitators[number]) for number, workshop in enumerate(workshops)
    )
    make_programs([workshop for number, workshop in enumerate(workshops, start=1) if number % OF_NO_PROGRAM])
    return workshops


def make_programs(workshops: list[Workshop]) -> None:
    """Create the published programs, and put `workshops` into them in turns."""
    programs = Program.objects.bulk_create(
        Program(
            title=f"Program number {number}",
            slug=f"program-{number}",
            lead="What everybody here can begin with, in any order.",
            description=DESCRIPTION,
            position=number,
            rule=Program.Rule.ALL,
            status=Program.Status.PUBLISHED,
        )
        for number in range(PROGRAMS)
    )
    ProgramWorkshop.objects.bulk_create(
        ProgramWorkshop(program=programs[number % PROGRAMS], workshop=workshop, position=number)
        for number, workshop in enumerate(workshops)
    )


def make_session(workshop: Workshop, number: int, now: datetime) -> Session:
    """Return one session, unsaved, in a state that follows from its number."""
    starts_at = now.replace(hour=17, minute=0, second=0, microsecond=0) + timedelta(days=10 + number // 8)
    session = Session(
        workshop=workshop,
        status=Session.Status.OPEN,
        format=[Format.ONLINE, Format.IN_PERSON, Format.HYBRID][number % 3],
        minimum=6,
        capacity=24,
        seats_taken=number % 5 + 1,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        time_zone=ZONE,
        confirm_by=starts_at - timedelta(days=3),
        registration_closes_at=starts_at,
        published_at=now,
    )
    if number % 10 in (1, 4, 7):
        session.status, session.seats_taken = Session.Status.CONFIRMED, 7 + number % 12
    elif number % 10 == 5:
        session.status, session.seats_taken, session.waiting_count = Session.Status.CONFIRMED, 24, 2
    elif number % 10 == 8:
        session.status, session.cancelled_at, session.cancelled_count = Session.Status.CANCELLED, now, 3
        session.cancel_reason = "The facilitator is ill."
    if session.status == Session.Status.CONFIRMED:
        session.confirmed_at, session.confirmed_count, session.confirmed_minimum = now, 6, 6
    session.next_position = session.seats_taken + session.waiting_count + 1
    return session


def make_meeting(session: Session, venue: Venue) -> Meeting:
    """Return the one meeting of a session, unsaved: in a room, online, or both."""
    link = "" if session.format == Format.IN_PERSON else "https://meet.example.edu/quorum"
    room = None if session.format == Format.ONLINE else venue
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at, "time_zone": session.time_zone}
    return Meeting(session=session, venue=room, join_link=link, **times)


def register(person: Person, sessions: list[Session], now: datetime) -> None:
    """Register `person` in the first sessions not cancelled: on the waitlist of a full one, otherwise with a seat."""
    running = [session for session in sessions if session.is_running][:REGISTRATIONS]
    Registration.objects.bulk_create(
        Registration(
            person=person,
            session=session,
            status=Registration.Status.WAITLISTED if session.waiting_count else Registration.Status.REGISTERED,
            position=1,
            registered_at=now,
            seated_at=None if session.waiting_count else now,
        )
        for session in running
    )


def main(count: str) -> dict[str, str]:
    """Fill the database and tidy it. Returns the cookie of the person and the address of a session's page."""
    person, client = fill(int(count), timezone.now()), Client()
    client.force_login(person)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # so that no autovacuum runs in the middle
    name = settings.SESSION_COOKIE_NAME
    session = Session.objects.filter(status=Session.Status.OPEN).exclude(registrations__person=person)[0]
    return {"cookie": f"{name}={client.cookies[name].value}", "session": session.get_absolute_url()}
