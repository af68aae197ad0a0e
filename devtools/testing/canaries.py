"""Canaries: words that stand in what is private, who may read each, and which of them an answer tells (G12)."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

from accounts.models import Person
from catalog.models import Workshop
from devtools.testing.signing_in import APP_SECRET
from library.models import Citation, Resource, StoredFile
from library.uploads import Upload
from notifications.kinds.account import owe_code
from notifications.models import Notice, ReceivedMail
from outcomes.models import Certificate, CreditKind, Evaluation, License, OutsideActivity, OutsideProof
from registrations.models import Accommodation, Nomination, PriorAttendance, Registration
from sessions_app.models import Leading, Meeting, MeetingPlan, Session, SessionRequest

OFFICE = {"office", "colleague"}
# What stands in a private column, and who may read it on some page, asking by any method.
CANARIES = {
    "CANARYname": {"owner", "arranger", *OFFICE},
    "canaryaddress": {"owner", "arranger", *OFFICE},
    "CANARYpronouns": {"owner", "arranger", *OFFICE},
    "CANARYwaits": {"fellow", *OFFICE},
    "CANARYneeds": {"owner", "arranger"},
    "CANARYanswer": {"owner", "arranger"},
    "CANARYcode": set(),
    "CANARYsubject": set(),
    "CANARYbody": set(),
    "CANARYcalendar": set(),
    "CANARYfacts": set(),
    "CANARYkey": set(),
    "CANARYreport": OFFICE,
    "CANARYreason": OFFICE,
    "CANARYdone": OFFICE,
    "CANARYelsewhere": OFFICE,
    "CANARYdraft": OFFICE,
    "CANARYhopes": {"owner", *OFFICE},
    "canarycolleague": {"owner", *OFFICE},
    "CANARYdecline": {"owner", *OFFICE},
    "CANARYcertified": {"owner", *OFFICE},
    "CANARYlicense": {"owner"},
    # An interpreter who is arranged for joins by it.
    "CANARYlink": {"owner", "leader", "arranger", *OFFICE},
    # Of what somebody took elsewhere: its words, the answer, and the bytes of its proof.
    "CANARYelse": {"owner", *OFFICE},
    "CANARYwords": {"owner", *OFFICE},
    "CANARYproof": {"owner", *OFFICE},
    # Of a resource for people with a seat.
    "CANARYtext": {"owner", *OFFICE},
    "CANARYwhere": {"owner", *OFFICE},
    "CANARYcited": {"owner", *OFFICE},
    "CANARYfile": {"owner", *OFFICE},
    "CANARYresource": OFFICE,  # of a draft
    "CANARYwhynot": OFFICE,  # why a facilitator said no
    "CANARYsheet": set(),  # what somebody said in an evaluation that is open
    "CANARYresult": OFFICE,  # what five people said in one that has closed
    APP_SECRET: set(),
}
# Everybody who has the address of a private feed reads in it where the owner's sessions are.
FEED, IN_A_FEED = "calendar/<slug:token>.ics", {"CANARYlink"}
SPELLINGS = {canary.lower(): canary for canary in CANARIES}
SEEN = re.compile("|".join(map(re.escape, CANARIES)), re.IGNORECASE)


def canaries_in(told: str) -> frozenset[str]:
    """Return the canaries that stand in a text, in whatever case, plain or escaped as in HTML."""
    return frozenset(SPELLINGS[seen.lower()] for seen in SEEN.findall(unescape(told)))


def may_read(who: str) -> set[str]:
    """Return the canaries that a reader may read on some page, asking by any method."""
    return {canary for canary, readers in CANARIES.items() if who in readers}


def plant(registration: Registration, make_resource: Callable, office: Person, now: datetime) -> Person:
    """Put its canary into every private column. Returns somebody who waits for a seat in the same session."""
    owner, session = registration.person, registration.session
    arranger = Person.objects.get(email="arranger@example.edu")
    Session.objects.update(capacity=1)
    fellow = Person.objects.create_user("fellow@example.edu", name="CANARYwaits", role=Person.Role.STAFF)
    Registration.objects.register(fellow, session, now=now)
    asked = Accommodation.objects.ask(registration, "CANARYneeds", now=now)
    asked.reply("CANARYanswer", arranger, asked.asked_at, now=now)
    owe_code(owner.email, "CANARYcode", 900)
    Person.objects.filter(pk=owner.pk).update(
        name="CANARYname", pronouns="CANARYpronouns", email="canaryaddress@example.edu"
    )
    Nomination.objects.update(email="canaryaddress@example.edu")
    Notice.objects.update(text="CANARYbody", html="CANARYbody", calendar="CANARYcalendar", facts={"a": "CANARYfacts"})
    for notice in Notice.objects.all():
        secret = {"subject": "CANARYsubject"} if notice.of_kind.is_secret else {}
        Notice.objects.filter(pk=notice.pk).update(dedupe_key=f"CANARYkey{notice.pk}", **secret)
    ReceivedMail.objects.update(raw=b"CANARYreport", comment="CANARYreport", outcome=ReceivedMail.Outcome.UNREADABLE)
    Notice.objects.filter(kind="confirmed").update(
        state="dead", problem="CANARYreport", handled_at=now, handled_note="CANARYdone"
    )
    Session.objects.update(run_anyway_reason="CANARYreason")
    PriorAttendance.objects.update(note="CANARYelsewhere")
    Leading.objects.update(reason="CANARYwhynot")
    SessionRequest.objects.update(
        topic="CANARYhopes",
        workshop=None,
        hopes="CANARYhopes",
        why_fewer="CANARYhopes",
        answer="CANARYhopes",
        addresses=["canarycolleague@example.edu"],
        decline_reason="CANARYdecline",
    )
    Certificate.objects.update(name="CANARYcertified")
    License.objects.give(owner, CreditKind.objects.get(), "CANARYlicense", now=now)
    Meeting.objects.update(join_link="https://meet.example.edu/CANARYlink")
    OutsideActivity.objects.update(title="CANARYelse", where="CANARYelse", answer="CANARYwords")
    OutsideProof.objects.update(content=b"%PDF-1.4 CANARYproof")
    resource = Resource.objects.get()
    Resource.objects.update(body="CANARYtext", link="https://journal.example.org/CANARYwhere")
    Citation.objects.update(title="CANARYcited")
    StoredFile.objects.put(resource, Upload("pdf", "application/pdf", b"%PDF-1.4 CANARYfile"))
    evaluation = Evaluation.objects.get()
    evaluation.answer(owner, [0, "CANARYsheet", 1, ""], now=now)
    closed = Session.objects.schedule(session.workshop, meetings=[plan_like(session)], by=arranger, now=now)
    shown = Evaluation.objects.begin(closed, now=now)
    for person in Person.objects.exclude(pk=owner.pk)[:5]:
        shown.answer(person, [0, "CANARYresult", 1, ""], now=now)
    shown.close(asked=5, now=now)
    draft = Workshop.objects.create(title="CANARYdraft", slug="draft")
    make_resource("CANARYresource", status=Resource.Status.DRAFT, beside=[registration.session.workshop, draft])
    Session.objects.schedule(draft, meetings=[plan_like(session)], by=office, now=now)
    return fellow


def plan_like(session: Session) -> MeetingPlan:
    meeting = session.meetings.get()
    return MeetingPlan(meeting.starts_at, meeting.ends_at, meeting.time_zone, join_link=meeting.join_link)
