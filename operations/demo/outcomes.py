"""What came of the demo's sessions: who was there, what it counts for, what people thought of it, and what waits.

Each function is one part, and needs those above it. What the office calls its credit is content of the demo.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fpdf import FPDF

from accounts.models import Person
from catalog.models import Workshop
from foundation.dates import local
from foundation.files.uploads import Upload
from operations.demo.season import ZONE, read
from outcomes.attended import sheet_of
from outcomes.evaluations import life
from outcomes.evaluations.questions import Kind
from outcomes.evaluations.sheets import Sheet
from outcomes.models import Attendance, CreditKind, CreditOffer, Evaluation, OutsideActivity, Requirement
from outcomes.models.outside import Told
from registrations.models import Registration
from sessions_app.models import Meeting, Session

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
State, Source = Attendance.State, Attendance.Source


def play_outcomes(office: Person, people: dict[str, Person], now: datetime) -> None:
    """Let everything follow that follows from the sessions that were held before `now`."""
    build_credit()
    play_attendance(office, people, now)
    play_evaluations(now)
    tell_of_something_outside(people, now)


def build_credit() -> None:
    """Create the kinds of credit, what each workshop is worth, and what is asked of people each academic year."""
    content = read("outcomes.toml")
    kinds = {each["name"]: CreditKind.objects.create(**each) for each in content["credit"]}
    for each in content["offer"]:
        workshops = Workshop.objects.filter(title=each["workshop"]) if "workshop" in each else Workshop.objects.all()
        CreditOffer.objects.bulk_create(
            CreditOffer(
                workshop=workshop,
                kind=kinds[each["kind"]],
                hours=Decimal(each["hours"]) if "hours" in each else in_quarters(workshop.minutes),
                needs_evaluation=each.get("needs_evaluation", False),
            )
            for workshop in workshops
        )
    for each in content["requirement"]:
        kind = kinds.get(each.pop("kind", ""))
        Requirement.objects.create(kind=kind, hours=Decimal(each.pop("hours")), **each)


def in_quarters(minutes: int) -> Decimal:
    """Return the hours of one meeting, cut down to quarters."""
    return Decimal(minutes // 15) / 4


def play_attendance(office: Person, people: dict[str, Person], now: datetime) -> None:
    """Say who was at the sessions that were held, as outcomes.toml has it, and close the lists that are complete."""
    for each in read("outcomes.toml")["held"]:
        for meeting in held_session(each["workshop"]).meetings.all():
            said_at = min(meeting.ends_at + HOUR, now)
            for registration, state, source, minutes in words_about(meeting, each):
                Attendance.objects.mark(meeting, registration, state, source, office, minutes, now=said_at)
            for address in each.get("walked_in", []):
                Attendance.objects.walk_in(meeting, office, people[address], now=said_at)
            for name in each.get("strangers", []):
                Attendance.objects.walk_in(meeting, office, name=name, now=said_at)
            if each.get("closed", True):
                sheet_of(meeting).close(office, now=min(said_at + 20 * HOUR, now))


def words_about(meeting: Meeting, content: dict[str, Any]) -> Iterator[tuple[Registration, str, str, int | None]]:
    """Yield what is said of each registered person at `meeting`: the state, its source, and the minutes counted."""
    source, lasts = content["source"], (meeting.ends_at - meeting.starts_at) // MINUTE
    words = [(State.HERE, source, lasts if source == Source.REPORT else None)] * content["here"]
    words += [(State.ABSENT, Source.ROSTER, None)] * content.get("absent", 0)
    words += [(State.UNSURE, Source.REPORT, lasts // 3)] * content.get("unsure", 0)
    for registration, said in zip(meeting.session.registrations.registered(), words, strict=False):
        yield registration, *said


def held_session(title: str) -> Session:
    """Return the demo's session of `title` that was held."""
    return Session.objects.get(workshop__title=title, status=Session.Status.COMPLETED)


def play_evaluations(now: datetime) -> None:
    """Let people say what they thought, and close what is over: nine answers are shown, four never are."""
    for each in read("outcomes.toml")["evaluated"]:
        session = held_session(each["workshop"])
        evaluation = Evaluation.objects.open(session, now=session.ends_at)
        assert evaluation is not None, "the session was held, and has just ended"
        rows = Attendance.objects.of_session(session).here().exclude(person=None).order_by("person")
        readers = list(dict.fromkeys(row.person for row in rows.select_related("person") if row.person))
        for number, person in enumerate(readers[: each["answers"]]):
            evaluation.answer(person, sheet(evaluation, number, each["words"]), now=session.ends_at + HOUR)
        if not evaluation.is_open(now):
            life.close(evaluation, now=evaluation.closes_at)


def sheet(evaluation: Evaluation, number: int, words: list[str]) -> Sheet:
    """Return one sheet of answers: most people found it worth their time, and rate themselves higher than before."""
    answers: Sheet = []
    for place, question in enumerate(evaluation.asks):
        before = (number + place) % 3
        match question.kind:
            case Kind.CHOICE:
                answers.append(min(number % 4, len(question.choices) - 1))
            case Kind.PAIR:
                answers.append([before, min(4, before + 1 + number % 2)])
            case Kind.SCALE:
                answers.append(4 - number % 2)
            case _:
                answers.append(words[number] if place < len(evaluation.asks) - 1 and number < len(words) else "")
    return answers


def tell_of_something_outside(people: dict[str, Person], now: datetime) -> None:
    """Let one person put something taken part in elsewhere before the office, where it waits."""
    for each in read("outcomes.toml")["outside"]:
        day = local(now - timedelta(days=each["days_ago"]), ZONE).date()
        told = Told(each["title"], day, Decimal(each["hours"]), each["where"])
        proof = Upload("pdf", "application/pdf", a_page(each["proof"]))
        OutsideActivity.objects.tell(people[each["who"]], told, proof, now=now - timedelta(days=1))


def a_page(words: str) -> bytes:
    """Return a PDF of one page that says `words`."""
    page = FPDF(format="letter")
    page.add_page()
    page.set_font("helvetica", size=14)
    page.multi_cell(0, text=words)
    return bytes(page.output())
