"""What the database itself refuses, whatever the code above it does (guarantees: constraint first)."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.test import Client

from accounts.models import (
    AddressChange,
    Campus,
    Champion,
    DirectoryQuestion,
    OtherAddress,
    Person,
    SchoolRecord,
    Unit,
    UnitName,
)
from accounts.models.address_change import SILENCE
from catalog.models import Action, Facilitator, PageText, Partner, Program, TeamMember, Topic, Workshop
from devtools.testing.library import PDF
from devtools.testing.requesting import ask
from foundation.files.uploads import Upload
from notifications.models import Announcement, CalendarFeed, Decline, ReceivedMail
from operations.models import LegalHold
from outcomes.attended import sheet_of
from outcomes.certificates.words import words_of_session
from outcomes.models import (
    Attendance,
    AttendanceDispute,
    AttendanceTally,
    Certificate,
    Consent,
    CreditKind,
    Evaluation,
    Export,
    KeptFigures,
    License,
    OutsideActivity,
    Requirement,
)
from outcomes.models.certificate import Credited
from outcomes.models.outside import Told
from registrations.models import (
    AccessPlan,
    Accommodation,
    Call,
    Interest,
    MergeOffer,
    Nomination,
    PastedPeople,
    PriorAttendance,
    Registration,
    RosterReading,
)
from sessions_app.models import (
    Blackout,
    Meeting,
    RequestRules,
    ScheduleImport,
    SeasonFile,
    Session,
    SessionRequest,
    Venue,
)

pytestmark = pytest.mark.django_db

APPS = ("accounts", "catalog", "sessions_app", "registrations", "library", "outcomes", "notifications", "operations")
OURS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
AN_ID = {model: models.Subquery(model.objects.values("pk")[:1])
         for model in (CreditKind, Program, Registration, Session, Workshop)}  # fmt: skip
LONG_AGO, FAR_AHEAD = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
# The seats of a session that asks how people take part; the one it is tried on has one person, and a capacity of 24.
SPLIT = {"format": "hybrid", "room_capacity": 20, "online_capacity": 4, "room_taken": 1, "seats_taken": 1}
CLOSED = {"closed_at": Now(), "asked_count": 9, "complete_count": 9}
# One change to a row that must not be, for each check.
CHECKS = {
    "unit_is_no_part_of_itself": [{"parent": models.F("id")}],
    "unit_has_heads_if_they_are_counted": [{"head_count": 0}],
    "champion_ends_after_they_began": [{"until": models.F("since") - timedelta(days=1)}],
    "directory_says_nothing_of_people_who_left": [{"kind": "left", "role": "staff"}],
    "code_is_tried_five_times_at_most": [{"tries": 6}],
    "workshop_minimum_within_capacity": [{"default_minimum": 25}, {"default_minimum": 0}],
    "program_rule_has_its_number": [{"rule": "some"}, {"needed": 3}],
    "session_never_overbooked": [{"seats_taken": 25}],
    "session_room_never_overbooked": [SPLIT | {"seats_taken": 21, "room_taken": 21}],
    "session_online_never_overbooked": [SPLIT | {"seats_taken": 6, "online_taken": 5}],
    "session_modes_add_up": [
        SPLIT | {"format": "online"},
        SPLIT | {"capacity": 23},
        SPLIT | {"room_capacity": None},
        SPLIT | {"online_capacity": None},
        SPLIT | {"room_capacity": 24, "online_capacity": 0},
        SPLIT | {"seats_taken": 2},
        SPLIT | {"waiting_count": 2},
        {"room_taken": 1},
        {"online_waiting": 1},
    ],
    "session_merges_into_another": [
        {"merge_by": Now()},
        {"merges_into": models.F("id")},
        {"merges_into": models.F("id"), "merge_by": Now()},
    ],
    "merge_offer_known_answer": [{"answer": "may", "answered_at": Now()}],
    "merge_offer_answered_at_some_time": [{"answer": "yes"}],
    "session_minimum_within_capacity": [{"minimum": 25}, {"minimum": 0}],
    "session_ends_after_it_starts": [{"ends_at": models.F("starts_at")}],
    "session_decided_before_it_starts": [{"confirm_by": models.F("starts_at") + timedelta(seconds=1)}],
    "session_public_has_its_times": [
        {"starts_at": None},
        {"ends_at": None},
        {"confirm_by": None},
        {"registration_closes_at": None},
    ],
    "session_confirmed_with_its_minimum_or_a_reason": [
        {"status": "confirmed"},
        {"status": "completed"},
        {"status": "confirmed", "confirmed_count": 5, "confirmed_minimum": 6},
        {"status": "confirmed", "confirmed_count": 6, "confirmed_minimum": None},
    ],
    "session_registration_opens_before_it_closes": [{"registration_opens_at": models.F("registration_closes_at")}],
    "meeting_ends_after_it_starts": [{"ends_at": models.F("starts_at")}],
    "session_in_this_century": [{"starts_at": LONG_AGO, "confirm_by": LONG_AGO}, {"ends_at": FAR_AHEAD}],
    "meeting_in_this_century": [{"starts_at": LONG_AGO}, {"ends_at": FAR_AHEAD}],
    "registration_of_a_known_mode": [{"mode": "banana"}],
    "registration_wants_the_other_mode": [
        {"mode": "online", "wants": "online", "wants_since": Now()},
        {"mode": "online", "wants": "in_person"},
        {"mode": "online", "wants": "banana", "wants_since": Now()},
    ],
    "registered_since_some_time": [{"status": "registered", "seated_at": None}],
    "beyond_capacity_with_a_seat": [{"status": "waitlisted", "seated_at": None, "beyond_capacity": True}],
    "withdrawn_at_some_time": [{"status": "withdrawn", "withdrawn_at": None}],
    "nomination_answered_at_some_time": [{"status": "declined", "answered_at": None}],
    "accepted_nomination_registered": [{"status": "accepted", "answered_at": Now(), "registration": None}],
    "handled_notice_is_undeliverable_and_says_how": [
        {"state": "sent", "handled_at": Now(), "handled_note": "Called them."},
        {"state": "dead", "handled_at": Now(), "handled_note": ""},
    ],
    "handled_mail_waited_and_says_how": [
        {"outcome": "accepted", "handled_at": Now(), "handled_note": "Called them."},
        {"outcome": "unclear", "handled_at": Now(), "handled_note": ""},
    ],
    "held_address_said_yes": [{"state": "held", "ended_at": Now(), "agreed_at": Now()}],
    "held_address_was_agreed_or_waited_for": [
        {"state": "held", "ended_at": Now(), "confirmed_new_at": Now()},
        {"state": "held", "ended_at": Now(), "confirmed_new_at": Now() - SILENCE + timedelta(minutes=1)},
    ],
    "address_change_ends_once": [{"state": "stopped"}, {"ended_at": Now()}],
    "blackout_ends_after_it_starts": [{"last_day": models.F("first_day") - timedelta(days=1)}],
    "leading_answered_at_some_time": [{"answer": "accepted", "answered_at": None}],
    "declined_leading_has_ended": [{"answer": "declined", "answered_at": Now(), "ended_at": None}],
    "request_rules_are_one_row": [{"id": 2}],
    "request_names_a_workshop_or_a_topic": [{"workshop": None, "topic": ""}, {"topic": "Power"}],
    "request_is_for_somebody": [{"people": 0}],
    "scheduled_request_has_its_session": [{"session": None}, {"status": "declined", "decline_reason": "No room."}],
    "request_ended_at_some_time": [{"ended_at": None}, {"status": "waiting", "session": None}],
    "declined_request_says_why": [{"status": "declined", "session": None, "decline_reason": ""}],
    "request_window_ends_after_it_starts": [{"ends_at": models.F("starts_at")}],
    "request_window_in_this_century": [{"starts_at": LONG_AGO}, {"ends_at": FAR_AHEAD}],
    "resource_release_has_its_days": [
        {"access": "registrants", "released": "before", "days_before": None},
        {"access": "registrants", "released": "before", "days_before": 0},
        {"released": "always", "days_before": 3},
    ],
    "resource_released_to_people_of_a_session": [
        {"access": "everybody", "released": "after"},
        {"access": "signed_in", "released": "before", "days_before": 3},
        {"access": "attended", "released": "before", "days_before": 3},
    ],
    "attendance_is_of_a_person_or_a_name": [
        {"person": None, "registration": None, "name": "", "address": ""},
        {"person": models.F("said_by"), "name": "Ada"},
        {"person": models.F("said_by"), "name": "", "address": "ada@elsewhere.example"},
        {"person": None, "name": "Ada", "registration": AN_ID[Registration]},
    ],
    "no_machine_says_absent": [{"state": "absent", "source": source} for source in ("code", "list", "report")],
    "credit_of_a_workshop_or_a_session": [
        {"workshop": None, "session": None},
        {"workshop": AN_ID[Workshop], "session": AN_ID[Session]},
    ],
    "credit_hours_in_quarters": [{"hours": 0}, {"hours": "100.25"}, {"hours": "1.1"}],
    "certificate_of_a_session_or_a_program": [
        {"session": None, "program": None},
        {"session": AN_ID[Session], "program": AN_ID[Program]},
    ],
    "certificate_revoked_with_a_reason": [
        {"revoked_at": Now(), "revoke_reason": "", "replaced_by": None},
        {"revoked_at": None, "revoke_reason": "Mistaken.", "replaced_by": None},
        {"revoked_at": None, "revoke_reason": "", "replaced_by": models.F("id")},
    ],
    "certified_credit_is_more_than_none": [{"hours": 0}],
    "revoked_consent_keeps_no_facts": [
        {"revoked_at": Now(), "sealed_birthday": "sealed", "state": ""},
        {"revoked_at": Now(), "sealed_birthday": "", "state": "MI"},
    ],
    "dispute_is_decided_with_its_outcome": [
        {"decided_at": Now(), "outcome": ""},
        {"decided_at": None, "outcome": "stands"},
    ],
    "evaluation_shows_five_or_nothing": [
        CLOSED | {"results": [], "answered_count": 4},
        {"results": [], "answered_count": 5},
    ],
    "closed_evaluation_has_its_counts": [
        CLOSED | {"asked_count": None},
        CLOSED | {"complete_count": None},
        {"asked_count": 9},
        {"complete_count": 9},
    ],
    "evaluation_closes_after_it_opens": [{"closes_at": models.F("opened_at")}],
    "evaluation_question_has_its_choices": [
        {"kind": "choice", "choices": ""},
        {"kind": "scale", "choices": "Yes\nNo"},
        {"kind": "words", "choices": "Yes\nNo"},
        {"kind": "banana"},
    ],
    "export_ends_after_it_begins": [{"last_on": models.F("first_on") - timedelta(days=1)}],
    "outside_hours_in_range": [{"hours": 0}, {"hours": "100.25"}],
    "outside_activity_in_this_century": [{"happened_on": date(1999, 12, 31)}, {"happened_on": date(2101, 1, 1)}],
    "outside_activity_answered_with_words": [
        {"status": "waiting", "answered_at": Now()},
        {"status": "approved", "answered_at": None},
        {"status": "declined", "answered_at": None, "answer": "It was ours."},
        {"status": "declined", "answered_at": Now(), "answer": ""},
    ],
    "requirement_of_hours_or_a_program": [
        {"hours": None, "program": None},
        {"hours": 0},
        {"hours": "100.25"},
        {"hours": 6, "program": AN_ID[Program]},
        {"hours": None, "program": AN_ID[Program], "kind": AN_ID[CreditKind]},
    ],
    "requirement_window_has_its_months": [
        {"window": "rolling", "months": None},
        {"window": "refresh", "months": 0},
        {"window": "academic", "months": 12},
        {"window": "banana"},
    ],
    "requirement_outside_hours_in_range": [{"most_outside": -1}, {"most_outside": "100.25"}],
    "erased_person_is_nobody": [
        {"erased_at": Now(), "is_active": True},
        {"erased_at": Now(), "is_active": False, "is_staff": True},
        {"erased_at": Now(), "is_active": False, "is_superuser": True},
        {"erased_at": Now(), "is_active": False, "pronouns": "they/them"},
        {"erased_at": Now(), "is_active": False, "addressed_as": "Ada"},
    ],
    "hold_ends_after_it_begins": [{"until": models.F("since")}],
    "hold_has_a_reason": [{"reason": ""}],
    "lifted_hold_says_by_whom": [{"lifted_at": Now()}, {"lifted_by": models.F("set_by")}],
    "tally_adds_up": [{"walked_in": models.F("here") + 1}],
    "calendar_notice_has_its_thread": [{"method": "REQUEST", "thread": None}, {"method": "CANCEL", "sequence": None}],
    "announcement_says_something_to_somebody": [{"subject": ""}, {"words": ""}, {"people": 0}],
}
# What else a second row needs to be caught by a condition, or by more than its columns.
MADE_EQUAL = {
    "one_attendance_per_name": {"name": "ADA"},
    "one_notice_in_flight_per_thread": {"state": "sending"},
    "person_email_once_in_any_case": {"email": "PERSON1@example.edu"},
}


def constraints(kind: type) -> dict[str, tuple]:
    """Return every constraint of a kind in our tables by name, with its model."""
    return {each.name: (model, each) for model in OURS for each in model._meta.constraints if isinstance(each, kind)}


UNIQUE_FIELDS = [(model, field.name) for model in OURS for field in model._meta.fields
                 if field.unique and not field.primary_key]  # fmt: skip


@pytest.fixture(autouse=True)
def two_of_each(make_session, make_resource, people, now):
    """Two rows of every noun; the first session is confirmed, so that both its people are invited."""
    campuses = [Campus.objects.create(name=name) for name in ("Downtown", "North")]
    for campus in campuses:
        unit = Unit.objects.create(name=f"Pediatrics {campus}")
        Champion.objects.appoint(people(1)[0], unit, by=Person.objects.rule())
        Topic.objects.create(name=f"Topic {campus}", slug=campus.name.lower())
        Workshop.objects.create(title=f"Workshop {campus}", slug=campus.name.lower())
        Venue.objects.create(campus=campus, building="Learning Commons", room="210")
        make_of_the_catalog(str(campus))
    leaders = [Facilitator.objects.create(name=leader.name, person=leader) for leader in people(2)]
    session, other = make_session(minimum=2, facilitators=leaders), make_session(days=21, facilitators=leaders)
    Meeting.objects.update(part=session.workshop.parts.create(title="Bias"))
    for person, scheduled in zip(people(2), (session, other), strict=True):
        asked = ask(person, session.workshop, now)
        SessionRequest.objects.filter(pk=asked.pk).update(status="scheduled", session=scheduled, ended_at=now)
        Interest.objects.express(person, session.workshop, now=now)
        PriorAttendance.objects.create(person=person, workshop=session.workshop)
        registration = Registration.objects.register(person, session, now=now)
        Accommodation.objects.ask(registration, "Captions.", now=now)
        AccessPlan.objects.create(session=scheduled, sealed_things="")
        PastedPeople.objects.begin(scheduled, "kim@", 1, person, uuid4(), now).keep_unless_known(0, "kim@", "No.")
        Nomination.objects.nominate([f"colleague.of.{person.email}"], session, by=person, now=now)
        CalendarFeed.objects.renew(person, now)
        AddressChange.objects.ask(person, f"new.address.of.{person.email}", by=person, now=now)
        RosterReading.objects.note(scheduled, person, now=now)
        Announcement.objects.send(session, "seated", "Where", "Second floor.", by=person, key=uuid4(), now=now)
        Decline.objects.begin(registration, now)
        MergeOffer.objects.create(registration=registration, into=other, offered_at=now)
        Call.objects.create(session=scheduled, person=person, why="unit", by=person, called_at=now)
        LegalHold.objects.place(person, "A case.", by=person, now=now)
        Client().force_login(person)
        OtherAddress.objects.create(email=f"other.{person.email}", person=person, since=now)
        SchoolRecord.objects.create(person=person, provider="saml", said_at=now)
        UnitName.objects.create(words=f"Unit of {person.email}")
        DirectoryQuestion.objects.create(person=person, kind="moved", role="student", asked_at=now)
        ReceivedMail.objects.create(
            received_at=now,
            message_id=f"<{person.email}>",
            thread=registration.threads.get(),
            stamp=now,
            outcome=ReceivedMail.Outcome.ACCEPTED,
        )
    for year in (2025, 2026):
        KeptFigures.objects.create(year=year, counts={}, counted_at=now)
    RequestRules.objects.get_or_create(pk=1)
    for made_by in Person.objects.all()[:2]:
        Blackout.objects.create(words=str(made_by), first_day=now.date(), last_day=now.date())
        ScheduleImport.objects.create(made_at=now, made_by=made_by)
        SeasonFile.objects.create(text="workshop", time_zone="UTC", total=1, made_at=now, made_by=made_by)
    session.settle(now=now)
    for title, scheduled in (("Six ways", session), ("Seven ways", other)):
        make_resource(title, beside=[scheduled.workshop, scheduled], cited={}, file=PDF)
        make_of_a_session(scheduled, now)
    kinds = [CreditKind.objects.create(name=name, asks_license=True) for name in ("State hours", "Our hours")]
    for kind in kinds:
        session.workshop.credit_offers.create(kind=kind, hours=1)
        session.credit_offers.create(kind=kind, hours=1)
        Requirement.objects.create(title=f"{kind} of the year", hours=6)
    for registration in Registration.objects.filter(session=session):
        make_of_somebody_there(registration, kinds[0], now)
    for name in ("Ada", "Bo"):
        Attendance.objects.walk_in(session.meetings.get(), leaders[0].person, name=name, now=now)
    Registration.objects.update(moved_to=models.F("pk"))


def make_of_the_catalog(name: str) -> None:
    """Make an action, a partner, somebody of the team, and a program with two workshops, each in a category."""
    slug = name.lower()
    Action.objects.create(name=name, slug=slug)
    Partner.objects.create(name=name, slug=slug)
    TeamMember.objects.create(name=name, role="Manager", facilitator=Facilitator.objects.create(name=name))
    PageText.objects.create(place=PageText.Place.values[Action.objects.count()], text="Our own words.")
    program = Program.objects.create(title=name, slug=slug)
    for workshop in Workshop.objects.all()[:2]:
        program.entries.create(workshop=workshop, category=program.categories.create(name=str(workshop)))


def make_of_a_session(session, now) -> None:
    """Make what follows a session: the list of its meeting, its evaluation with a question, and its counts."""
    sheet_of(session.meetings.get())
    session.workshop.evaluation_questions.create(text="How was the room?", kind="scale")
    Evaluation.objects.begin(session, now=now)
    AttendanceTally.objects.create(session=session, here=2, absent=0, walked_in=1, forgotten_at=now)


def make_of_somebody_there(registration, kind, now) -> None:
    """Make what one person has of a session, and what they tell of elsewhere. Each certificate was replaced once."""
    session, person, today = registration.session, registration.person, now.date()
    meeting = session.meetings.get()
    Attendance.objects.mark(meeting, registration, "here", "roster", by=person, now=now)
    Attendance.objects.walk_in(meeting, person, name="Somebody", address=f"friend.of.{person.email}", now=now)
    AttendanceDispute.objects.make(registration, "I was late.", now=now)
    session.evaluation.receipts.create(person=person)
    License.objects.give(person, kind, "License 4301", now=now)
    said = words_of_session(session, [meeting], timedelta(minutes=90))
    for of in (session, Program.objects.last()):
        certificate = Certificate.objects.issue(person, of, said, [Credited(kind, 1)], now=now)
        certificate.replace(person, name="Another Name", now=now)
    Consent.objects.give(person, "hr", now=now)
    Export.objects.note("hr", person, today, today, people=1, rows=1, now=now)
    told = Told("Cultural humility", today, 1, "A society")
    OutsideActivity.objects.tell(person, told, Upload("pdf", "application/pdf", PDF), now=now)


def first_and_last(model, fields, condition=None) -> tuple:
    """Return the last two rows with a value in each of `fields` that meet `condition`, if there is one."""
    has_values = {f"{field}__isnull": False for field in fields}
    last, first = model.objects.filter(condition or models.Q(), **has_values).order_by("-pk")[:2]
    return first, last


def test_every_check_is_tried():
    assert CHECKS.keys() == constraints(models.CheckConstraint).keys()


def test_the_database_refuses_what_must_not_be(subtests):
    for name, (model, _) in constraints(models.CheckConstraint).items():
        row = model.objects.filter(**{"status": "open"} if name.startswith("session_") else {}).last()
        for values in CHECKS.get(name, ()):
            with subtests.test(name, values=values), pytest.raises(IntegrityError, match=name), transaction.atomic():
                model.objects.filter(pk=row.pk).update(**values)


def test_the_database_refuses_a_second_one(subtests):
    for name, (model, constraint) in constraints(models.UniqueConstraint).items():
        with subtests.test(name):
            made_equal = MADE_EQUAL.get(name, {})
            is_made_so = "state" in made_equal
            condition = None if is_made_so else constraint.condition
            first, last = first_and_last(model, constraint.fields, condition)
            same = {field: getattr(first, field) for field in constraint.fields} | made_equal
            with pytest.raises(IntegrityError), transaction.atomic():
                model.objects.filter(pk__in=[first.pk, last.pk] if is_made_so else [last.pk]).update(**same)


def test_the_database_refuses_the_same_again(subtests):
    for model, field in UNIQUE_FIELDS:
        with subtests.test(f"{model.__name__}.{field}"):
            first, last = first_and_last(model, [field])
            with pytest.raises(IntegrityError), transaction.atomic():
                model.objects.filter(pk=last.pk).update(**{field: getattr(first, field)})
