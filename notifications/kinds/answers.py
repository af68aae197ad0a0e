"""Mail about what the office decided: of attendance that a person called wrong, and of an activity elsewhere."""

from datetime import datetime
from typing import Any

from django.conf import settings

from foundation import database_clock
from foundation.links import absolute
from notifications.kinds.contexts import first_name
from notifications.models import Notice
from notifications.models.kind import Example, Family, Kind
from notifications.models.placeholders import IN_EVERY_KIND
from outcomes.attended import presence_of
from outcomes.display import words_of
from outcomes.models import AttendanceDispute, OutsideActivity
from registrations.display.titles import title_and_day
from sessions_app.models import Session

OF_ATTENDANCE = {
    "title": "the title of the workshop and its day",
    "office_name": IN_EVERY_KIND["office_name"],
    "institution_name": IN_EVERY_KIND["institution_name"],
}
OF_ELSEWHERE = OF_ATTENDANCE | {"title": "what the person took elsewhere"}


def owe_decision(dispute: AttendanceDispute) -> None:
    """Owe the person the mail that says what the office decided of their attendance."""
    person = dispute.registration.person
    if person.is_active:
        facts = {"dispute": dispute.pk, "is_corrected": dispute.is_corrected, "answer": dispute.answer}
        Notice.objects.owe_to(ATTENDANCE_DECIDED, f"{dispute.pk}::", person.email, person, facts)


def owe_answer(activity: OutsideActivity) -> None:
    """Owe the person the mail that says whether what they took elsewhere counts. Another answer is another mail."""
    person, at = activity.person, activity.answered_at
    assert at is not None
    if person.is_active:
        facts = {"activity": activity.pk, "at": at.isoformat(), "is_approved": activity.is_approved}
        Notice.objects.owe_to(OUTSIDE_ANSWERED, f"{activity.pk}::{at.timestamp()}", person.email, person, facts)


def is_the_answer(notice: Notice, now: datetime) -> bool:
    """Tell whether the activity is still there, and the office has answered nothing else since."""
    at = datetime.fromisoformat(notice.facts["at"])
    return OutsideActivity.objects.filter(pk=notice.facts["activity"], answered_at=at).exists()


# ---- what the templates may name ----


def decided_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of mail about decided attendance may name: `stands`, what it says now, too."""
    every = AttendanceDispute.objects.select_related("registration__session__workshop")
    own = every.get(pk=notice.facts["dispute"]).registration
    stands = words_of(presence_of([own])[own.pk])
    return about(notice, title_and_day(own.session, database_clock.now()), own.get_absolute_url()) | {"stands": stands}


def answered_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of mail about an activity elsewhere may name."""
    activity = OutsideActivity.objects.get(pk=notice.facts["activity"])
    return about(notice, activity.title, activity.get_absolute_url()) | {
        "answer": activity.answer,
        "hours": activity.hours_words,
    }


def about(notice: Notice, title: str, path: str) -> dict[str, Any]:
    """Return what both name: the `title` of what was decided, and the page at `path` where it stands."""
    return {
        "kind": notice.kind,
        "name": first_name(notice.person),
        "title": title,
        "own_url": absolute(path),
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
    } | notice.facts


def example_of_attendance(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: the reader was at `session` after all."""
    return about(notice, title_and_day(session, database_clock.now()), "/my/") | {"stands": "Attended"}


def example_of_elsewhere(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: the reader took the workshop of `session` in another place."""
    return about(notice, session.workshop.title, "/my/record/") | {"hours": "1.5 hours"}


ATTENDANCE_DECIDED = Kind(
    name="attendance_decided",
    label="Attendance decided",
    family=Family.NEWS,
    context=decided_context,
    subject_placeholders=OF_ATTENDANCE,
    placeholders={"own_url": "the link to the person’s registration"},
    required=frozenset(),
    example=Example(
        facts=lambda session: {"is_corrected": True, "answer": "What you wrote."}, context=example_of_attendance
    ),
)
OUTSIDE_ANSWERED = Kind(
    name="outside_answered",
    label="Activity elsewhere answered",
    family=Family.NEWS,
    context=answered_context,
    subject_placeholders=OF_ELSEWHERE,
    placeholders={"own_url": "the link to what the person told us"},
    required=frozenset(),
    still_true=is_the_answer,
    example=Example(
        facts=lambda session: {"is_approved": True, "answer": "What you wrote."}, context=example_of_elsewhere
    ),
)

KINDS = (ATTENDANCE_DECIDED, OUTSIDE_ANSWERED)
