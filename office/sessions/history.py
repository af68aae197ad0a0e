"""All that happened to a session and its people, in sentences, the newest first: one query finds it, a few read it.

Names stand here for people who may see registrations. For others people are counted, a day at a time, and what is on
record about one of them is left out.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Count, F, IntegerField, Max, QuerySet, Value
from django.db.models.functions import Cast, TruncDay
from django.http import Http404, HttpRequest, HttpResponse

from foundation.dates import day_and_time
from foundation.text import number_words
from notifications.kinds import KINDS
from notifications.models import Notice
from office.base import OfficeAdmin, acting
from outcomes.models import Attendance
from registrations.models import Registration
from sessions_app.models import Session

ON_A_PAGE = 50
MOST_PAGES = 1000
MAY_SEE_NAMES = "registrations.view_registration"
# Sentences on record with the session that name a person who takes part begin so (outcomes/models/attendance.py).
NAMES_A_PERSON = "Attendance of "


class Found(NamedTuple):
    """A thing that happened: when, of which sort, the key of its row or how many there are, and a word of the sort."""

    at: datetime
    sort: str
    key: int
    word: str


class Line(NamedTuple):
    """A sentence of the history: when, who did it ("" where a person did it themself or Quorum did), and what."""

    when: str
    who: str
    sentence: str


# ---- finding ----


def happened(session: Session, with_names: bool) -> QuerySet[Any, Any]:
    """Return everything that happened to `session` as rows of Found, the newest first."""
    registrations = Registration.objects.filter(session=session).order_by()
    attendances = Attendance.objects.filter(meeting__session=session).order_by()
    entries = _entries(session)
    # Of codes and of news of access requests nobody reads here (docs/guarantees.md: who sees what).
    told = [kind.name for kind in KINDS.values() if not kind.is_secret]
    mail = Notice.objects.filter(registration__session=session, state=Notice.State.SENT, kind__in=told)
    parts = [_rows(mail, "sent_at", "mail", F("kind"))]
    if with_names:
        parts += [
            _each(registrations, "registered_at", "registered"),
            _each(registrations.filter(withdrawn_at__isnull=False), "withdrawn_at", "left"),
            _each(_of_objects(Registration, registrations), "action_time", "entry"),
            _each(_of_objects(Attendance, attendances), "action_time", "entry"),
        ]
    else:
        entries = entries.exclude(change_message__startswith=NAMES_A_PERSON)
        parts += [
            _rows(registrations, "registered_at", "registered"),
            _rows(registrations.filter(withdrawn_at__isnull=False), "withdrawn_at", "left"),
        ]
    parts.append(_rows(attendances, "said_at", "attendance", F("source")))
    return _each(entries, "action_time", "entry").union(*parts, all=True).order_by("-at", "sort", "-key")


def _entries(session: Session) -> QuerySet[LogEntry]:
    kind = ContentType.objects.get_for_model(Session)
    return LogEntry.objects.filter(content_type=kind, object_id=str(session.pk)).order_by()


def _of_objects(model: Any, rows: QuerySet[Any]) -> QuerySet[LogEntry]:
    """Return what is on record about `rows`. The record knows a key as text."""
    keys = rows.annotate(text=Cast("pk", CharField())).values("text")
    return LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id__in=keys).order_by()


def _each(rows: QuerySet[Any], at: str, sort: str) -> QuerySet[Any, Any]:
    return rows.annotate(
        at=F(at), sort=Value(sort), key=Cast(F("pk"), IntegerField()), word=Value("", CharField())
    ).values_list("at", "sort", "key", "word")


def _rows(rows: QuerySet[Any], at: str, sort: str, word: Any = None) -> QuerySet[Any, Any]:
    """Count `rows` by day and `word`."""
    words = Value("", CharField()) if word is None else word
    days = rows.order_by().annotate(day=TruncDay(at), word=Cast(words, CharField())).values("day", "word")
    counted = days.annotate(at=Max(at), sort=Value(sort), key=Count("pk"))
    return counted.values_list("at", "sort", "key", "word")


# ---- in words ----


def lines(session: Session, found: Iterable[Found], with_names: bool) -> list[Line]:
    """Return what was found as sentences, on the clock of the session."""
    found = list(found)
    entries = LogEntry.objects.select_related("user").in_bulk([one.key for one in found if one.sort == "entry"])
    people = {}
    if with_names:
        keys = [one.key for one in found if one.sort in ("registered", "left")]
        people = Registration.objects.select_related("person").in_bulk(keys)
    said = []
    for one in found:
        who, sentence = _words(one, entries, people, with_names)
        said.append(Line(day_and_time(one.at, session.time_zone), who, sentence))
    return said


def _words(
    one: Found, entries: dict[int, LogEntry], people: dict[int, Registration], with_names: bool
) -> tuple[str, str]:
    if one.sort == "entry":
        entry = entries[one.key]
        text = entry.get_change_message() or ("Added." if entry.action_flag == ADDITION else "Changed.")
        about = (
            "" if entry.content_type_id == ContentType.objects.get_for_model(Session).pk else f"{entry.object_repr}: "
        )
        return str(entry.user), f"{about}{text}"
    if one.sort == "registered" and with_names:
        return "", f"{people[one.key].person} registered."
    if one.sort == "left" and with_names:
        return "", f"{people[one.key].person} left."
    many = number_words(one.key).capitalize()
    if one.sort == "registered":
        return "", "One person registered." if one.key == 1 else f"{many} people registered on this day."
    if one.sort == "left":
        return "", "One person left." if one.key == 1 else f"{many} people left on this day."
    if one.sort == "mail":
        label = KINDS[one.word].label if one.word in KINDS else one.word
        return "", f"One mail was sent: {label}." if one.key == 1 else f"{many} mails were sent on this day: {label}."
    source = Attendance.Source(one.word).label
    return "", f"Attendance: {'one person' if one.key == 1 else f'{number_words(one.key)} people'}, {source}."


def history_page(office: OfficeAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a page of the history of a session; `?page=` says which."""
    session = office.get_object(request, object_id)
    if session is None:
        raise Http404
    if not office.has_view_permission(request, session):
        raise PermissionDenied
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    number = max(1, min(number, MOST_PAGES))
    with_names = acting(request).has_perm(MAY_SEE_NAMES)
    first = (number - 1) * ON_A_PAGE
    found = [Found(*row) for row in happened(session, with_names)[first : first + ON_A_PAGE + 1]]
    return office.page(
        request,
        "sessions/history",
        "History",
        subtitle=str(session),
        original=session,
        lines=lines(session, found[:ON_A_PAGE], with_names),
        with_names=with_names,
        newer=number - 1 or None,
        older=number + 1 if len(found) > ON_A_PAGE else None,
    )
