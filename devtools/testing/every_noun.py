"""A row of every noun, and where every address of the portal leads for it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import URLPattern, get_resolver

from devtools.testing.library import PDF

OPENS = "a-token-that-opens-a-change-of-address"


def routes(patterns=None, before: str = "") -> Iterator[str]:
    """Yield every route as a urls.py writes it, with the prefixes it is included under."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)


@pytest.fixture
def every_noun(make_session, make_resource, workshop, people, office, now):
    """A registration of the first of two people in a confirmed session, and beside it a row of every noun."""
    from allauth.mfa.totp.internal.auth import TOTP

    from accounts.models import AddressChange, Campus, Champion, DirectoryQuestion, Person, SchoolRecord, Unit, UnitName
    from catalog.models import Action, Facilitator, PageText, Partner, Program, TeamMember, Topic
    from devtools.testing.requesting import ask
    from devtools.testing.signing_in import APP_SECRET
    from notifications.models import Announcement, Decline, Wording
    from notifications.replies.applying import receive
    from operations.models import LegalHold
    from outcomes.attended import sheet_of
    from outcomes.certificates.words import words_of_session
    from outcomes.figures.telling import Counted
    from outcomes.models import (
        Attendance,
        AttendanceDispute,
        Certificate,
        CreditKind,
        Evaluation,
        KeptFigures,
        License,
    )
    from outcomes.models.certificate import Credited
    from outcomes.models.kept_figures import year_of_day
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
    from sessions_app.models import Blackout, RequestRules, ScheduleImport, SeasonFile, Venue

    owner, other = people(2)
    campus = Campus.objects.create(name="Downtown")
    Venue.objects.create(campus=campus, building="Learning Commons", room="210")
    unit = Unit.objects.create(name="Pediatrics", head_count=230)
    UnitName.objects.create(words="Dept of Nephrology")
    SchoolRecord.objects.create(person=owner, provider="saml", unit_words="Dept of Nephrology", said_at=now)
    leader = Person.objects.create_user("leader@example.edu", name="Ada Okafor", role=Person.Role.STAFF)
    ada = Facilitator.objects.create(name="Ada Okafor", person=leader)
    Champion.objects.appoint(leader, unit, by=office)
    DirectoryQuestion.objects.create(person=leader, kind=DirectoryQuestion.Kind.LEFT, asked_at=now)
    topic = Topic.objects.create(name="Bias", slug="bias")
    action = Action.objects.create(name="Acting", slug="acting")
    PageText.objects.create(place="how", text="Come with a case of your own.")
    Partner.objects.create(name="Ally Association", slug="ally-association")
    TeamMember.objects.create(name="Rosa Lindqvist", role="Learning and development manager")
    program = Program.objects.create(title="Foundations", slug="foundations", status=Program.Status.PUBLISHED)
    practice = program.categories.create(name="Practice")
    program.entries.create(workshop=workshop, category=practice, position=1)
    TOTP.activate(office, APP_SECRET)
    Wording.objects.create(kind="confirmed", words="It is on: {title}.")
    workshop.pre_work = "Read the introduction."
    workshop.save(update_fields=["pre_work"])
    session = make_session(minimum=1, facilitators=[ada])
    Interest.objects.express(owner, workshop, now=now)
    PriorAttendance.objects.create(person=owner, workshop=workshop)
    Nomination.objects.nominate([owner.email], session, by=other, now=now)
    registration = Registration.objects.register(owner, session, now=now)
    session.settle(now=now)
    Accommodation.objects.ask(registration, "An interpreter.", now=now)
    AccessPlan.objects.change(session, ["interpreter"], [], by=office)
    RosterReading.objects.note(session, office, now=now)
    pasted = PastedPeople.objects.begin(session, "kim@", 1, office, uuid4(), now)
    pasted.keep_unless_known(0, "kim@", "kim@ is no address.")
    pasted.finish(now)
    Announcement.objects.send(session, "seated", "Where to find us", "Second floor.", by=office, key=uuid4(), now=now)
    Decline.objects.begin(registration, now)
    Call.objects.create(session=session, person=other, why="unit", by=office, called_at=now)
    MergeOffer.objects.create(registration=registration, into=session, offered_at=now, ended_at=now)
    Attendance.objects.mark(session.meetings.get(), registration, "here", "roster", by=office, now=now)
    sheet_of(session.meetings.get())
    receive(b"Subject: Hello", now)
    make_resource(
        "Six ways to be an ally",
        access="registrants",
        beside=[workshop],
        topics=[topic],
        actions=[action],
        body="Six actions.",
        link="https://journal.example.org/six-ways",
        cited={"authors": "Oyelaran, Renata", "journal": "Journal of Examples", "year": 2021},
        file=PDF,
    )
    RequestRules.objects.create(pk=1)
    Blackout.objects.create(words="Spring break", first_day=now.date(), last_day=now.date())
    ScheduleImport.objects.create(made_at=now, made_by=office)
    SeasonFile.objects.create(text="workshop", time_zone="UTC", total=1, made_at=now, made_by=office)
    ask(owner, workshop, now, addresses=["colleague@example.edu"])
    kind = CreditKind.objects.create(name="State hours", asks_license=True)
    offer = workshop.credit_offers.create(kind=kind, hours=1)
    License.objects.give(owner, kind, "License 4301", now=now)
    said = words_of_session(session, list(session.meetings.all()), timedelta(minutes=90))
    Certificate.objects.issue(owner, session, said, [Credited(kind, offer.hours)], now=now)
    AddressChange.objects.ask(other, "other.address@example.edu", by=office, now=now)
    workshop.evaluation_questions.create(text="How was the room?", kind="scale", position=1)
    Evaluation.objects.begin(session, now=now)
    meeting = session.meetings.first()
    Attendance.objects.mark(meeting, registration, Attendance.State.HERE, Attendance.Source.ROSTER, by=office, now=now)
    AttendanceDispute.objects.make(registration, "I was there.", now=now)
    sheet_of(meeting)
    something_elsewhere(owner, office, now)
    KeptFigures.objects.keep(year_of_day(now.date()), Counted(people=7, units={"": 7}), now)
    LegalHold.objects.place(other, "A case that is not decided.", by=office, now=now)
    return registration


def something_elsewhere(owner, office, now) -> None:
    """What is asked of people, what `owner` took elsewhere, what they agree to, and a file that was made of it."""
    from decimal import Decimal

    from foundation.files.uploads import Upload
    from outcomes.models import Consent, Export, OutsideActivity, Requirement
    from outcomes.models.outside import Told

    Requirement.objects.create(title="Hours of the year", hours=6)
    told = Told("Cultural humility", now.date(), Decimal("1.5"), "A society")
    activity = OutsideActivity.objects.tell(owner, told, Upload("pdf", "application/pdf", PDF), now=now)
    activity.approve(office, "Thank you.", now=now)
    Consent.objects.give(owner, "pars", "05-14", "MI", now=now)
    Export.objects.note("pars", office, now.date(), now.date(), people=1, rows=1, now=now)


@pytest.fixture
def address(every_noun, now) -> Callable:
    """address(route) is where that route leads for the registration and what belongs to it."""
    from allauth.mfa.models import Authenticator
    from django.apps import apps
    from django.contrib.contenttypes.models import ContentType

    from accounts.models import AddressChange, Unit
    from catalog.models import Action, Program, Topic
    from foundation.tokens import digest_of
    from library.models import Resource
    from notifications.models import Announcement, CalendarFeed, Decline
    from outcomes.evaluations.invitations import token_for
    from outcomes.models import Certificate, CreditKind, Evaluation, OutsideActivity
    from registrations.merging.keys import path_of_answering
    from registrations.models import Call, Interest, MergeOffer, Nomination, PastedPeople
    from registrations.models.leaving_keys import leaving_key
    from sessions_app.models import Leading, SeasonFile, SessionRequest
    from sessions_app.models.leading_keys import path_of_leading

    leading = Leading.objects.get()
    AddressChange.objects.update(new_digest=digest_of(OPENS))
    session, workshop, factor = every_noun.session, every_noun.session.workshop, Authenticator.objects.get()
    resource = Resource.objects.order_by("pk").first()
    known = {
        "admin/accounts/person/<path:object_id>": f"admin/accounts/person/{every_noun.person.pk}",
        "roster/<int:session_pk>/mail/<int:pk>": f"roster/{session.pk}/mail/{Announcement.objects.get().pk}",
        "people/<int:pk>": f"people/{PastedPeople.objects.get().pk}",
        "figures/coverage/<int:pk>": f"figures/coverage/{Unit.objects.first().pk}",
        "scheduleimport/files/<int:pk>": f"scheduleimport/files/{SeasonFile.objects.get().pk}",
        "resources/<slug:slug>": f"resources/{resource.slug}",
        "topics/<slug:slug>": f"topics/{Topic.objects.get().slug}",
        "actions/<slug:slug>": f"actions/{Action.objects.get().slug}",
        "file/<slug:name>": f"file/{resource.file.name}",
        "certificates/<slug:code>": f"certificates/{Certificate.objects.get().code}",
        "<slug:code>": session.code,
        "programs/<slug:slug>": f"programs/{Program.objects.get().slug}",
        "leading/<uuid:uuid>/<slug:key>/": path_of_leading(leading).lstrip("/"),
        "<slug:slug>": workshop.slug,
        "facilitators/<slug:key>/": leading.facilitator.get_absolute_url().lstrip("/"),
        "address/<slug:token>": f"address/{OPENS}",
        "<uuid:uuid>/merge/<slug:key>": path_of_answering(MergeOffer.objects.get())
        .removeprefix("/registrations/")
        .rstrip("/"),
        "withdrawal/<slug:key>": f"withdrawal/{leaving_key(every_noun)}",
        "<slug:name>": "0" * 40,
        "evaluations/<slug:token>": f"evaluations/{token_for(every_noun.person, session)}",
        "<slug:token>": CalendarFeed.objects.renew(every_noun.person, now),
        "nominations/<uuid:uuid>": f"nominations/{Nomination.objects.earliest('pk').uuid}",
        "evaluation/<int:pk>": f"evaluation/{Evaluation.objects.get(session=session).pk}",
        "declines/<uuid:uuid>": f"declines/{Decline.objects.get().uuid}",
        "requests/<uuid:uuid>": f"requests/{SessionRequest.objects.get().uuid}",
        "outside-activities/<uuid:uuid>": f"outside-activities/{OutsideActivity.objects.get().uuid}",
        "record.<slug:form>": "record.csv",
        "<slug:purpose>": "pars",
        "calls/<uuid:uuid>": f"calls/{Call.objects.get().uuid}",
        "interests/<uuid:uuid>": f"interests/{Interest.objects.get().uuid}",
        "<uuid:uuid>": every_noun.uuid,
        "<int:kind>": CreditKind.objects.get().pk,
        "<int:session_pk>": session.pk,
        "<int:meeting_pk>": session.meetings.first().pk,
        "<slug:day_code>": "ACE346",
        "<path:content_type_id>/<path:object_id>": f"{ContentType.objects.get_for_model(workshop).pk}/{workshop.pk}",
        "(?P<url>.*)$": "nowhere/",
    }

    def fill(route: str) -> str:
        for part, value in known.items():
            route = route.replace(part, str(value))
        if noun := re.match(r"admin/([a-z_]+)/([a-z_]+)/<", route):
            route = re.sub("<[^>]+>", str(apps.get_model(*noun.groups()).objects.first().pk), route)
        route = re.sub(r"\^\(\?P<app_label>(\w+).*", r"\1/", route)
        route = route.replace("passkeys/<int:pk>", f"passkeys/{factor.pk}")
        assert "<" not in route or route.startswith("__mail__/"), f"say in `known` what leads to {route}"
        return f"/{route}"

    return fill
