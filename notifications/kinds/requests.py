"""Mail about a request for a session: to the office that one came in, and to the person who asked what came of it.

Mail to the office names no colleague: their addresses stand on the page of the request alone.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from foundation import database_clock
from foundation.dates import local
from foundation.links import absolute
from notifications.kinds.contexts import first_name, session_context
from notifications.kinds.registrations import facts_of_ending
from notifications.models import Notice, NoticeQuerySet
from notifications.models.kind import Example, Family, Kind
from notifications.models.placeholders import IN_EVERY_KIND
from sessions_app.models import Session, SessionRequest, Where

# No session is there yet, so the subject can name no day and no count.
OF_A_REQUEST = {
    "title": "the workshop that is asked for, or the topic of their own",
    "office_name": IN_EVERY_KIND["office_name"],
    "institution_name": IN_EVERY_KIND["institution_name"],
}
PAGE = {"request_url": "the link to the request"}


# ---- what is owed ----


def owe_the_office(request: SessionRequest, is_withdrawn: bool = False) -> None:
    """Owe the office the news that a request came in, or that it is withdrawn."""
    facts = {"request": request.pk, "is_withdrawn": is_withdrawn}
    key = f"{request.pk}::{'withdrawn' if is_withdrawn else ''}"
    Notice.objects.owe_to(REQUEST_ASKED, key, settings.OFFICE_EMAIL, None, facts)


def owe_the_team(kind: Kind, request: SessionRequest, event: str = "", **facts: Any) -> None:
    """Owe the person who asked one mail of `kind`; `event` tells apart what they may be owed more than once."""
    facts = {"request": request.pk} | facts
    Notice.objects.owe_to(kind, f"{request.pk}::{event}", request.by.email, request.by, facts)


def first_notice_of(request: SessionRequest) -> NoticeQuerySet:
    """Return the Notice that tells the office of the request."""
    return Notice.objects.filter(dedupe_key=f"{REQUEST_ASKED.name}:{request.pk}::")


def is_still_news(notice: Notice, now: datetime) -> bool:
    """Tell whether the request of a mail to the office still waits for it, or is withdrawn as the mail says."""
    return notice.facts["is_withdrawn"] or SessionRequest.objects.waiting().filter(pk=notice.facts["request"]).exists()


# ---- what the templates may name ----


def request_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of a mail about a request may name."""
    every = SessionRequest.objects.select_related("by", "workshop", "unit", "campus")
    request = every.get(pk=notice.facts["request"])
    return about_request(notice, request, _windows(request))


def about_request(notice: Notice, request: SessionRequest, windows: list[str]) -> dict[str, Any]:
    """Return what a mail names of `request`; `windows` are the times that would suit, in words."""
    by = request.by
    return {
        "kind": notice.kind,
        "name": first_name(notice.person),
        "title": request.title,
        "team": _team(request),
        "place": f"{request.get_where_display()}, {request.campus}" if request.campus else request.get_where_display(),
        "windows": windows,
        "too_soon": bool(request.pk) and request.is_too_soon,
        "asked_by": f"{by.name} ({by.email})" if by.name else by.email,
        "request_url": absolute(request.get_absolute_url()),
        "office_url": _office_url(request),
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
    } | notice.facts


def scheduled_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about the session that came of a request may name."""
    request = SessionRequest.objects.select_related("by", "session__workshop").get(pk=notice.facts["request"])
    assert request.session is not None, "a scheduled request has its session"
    is_in = request.session.registrations.active().filter(person=request.by_id).exists()
    return about_session(notice, request, request.session, is_in)


def about_session(notice: Notice, request: SessionRequest, session: Session, is_in: bool) -> dict[str, Any]:
    """Return what a mail names of the session of `request`; `is_in` if the person who asked is registered or waits."""
    return session_context(notice, session, first_name(notice.person)) | {
        "is_in": is_in,
        "request_url": absolute(request.get_absolute_url()),
        "nominate_url": absolute(reverse("nominate", args=[session.code])),
        "register_url": absolute(reverse("register", args=[session.code])),
    }


def _windows(request: SessionRequest) -> list[str]:
    year = local(database_clock.now(), request.time_zone).year
    return [window.words(year) for window in request.windows.all()]


def _team(request: SessionRequest) -> str:
    people = "1 person" if request.people == 1 else f"{request.people} people"
    return f"{people}, {request.unit}" if request.unit else people


def _office_url(request: SessionRequest) -> str:
    if request.pk is None:
        return absolute(reverse("admin:sessions_app_sessionrequest_changelist"))
    return absolute(reverse("admin:sessions_app_sessionrequest_change", args=[request.pk]))


# ---- how each is shown to the office ----


def example_request(notice: Notice, session: Session) -> SessionRequest:
    """Return an unsaved request of the reader for the workshop of `session`."""
    zone = session.time_zone
    return SessionRequest(by=notice.person, workshop=session.workshop, people=8, time_zone=zone, where=Where.EITHER)


def example_context(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: the reader asks for a session at the time of `session`."""
    return about_request(notice, example_request(notice, session), [str(session.meetings.first() or "")])


def example_of_the_session(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: `session` is what came of the request of the reader."""
    return about_session(notice, example_request(notice, session), session, is_in=True)


REQUEST_ASKED = Kind(
    name="request_asked",
    label="A team asks for a session",
    family=Family.NEWS,
    context=request_context,
    subject_placeholders=OF_A_REQUEST,
    placeholders={"asked_by": "who asks", "team": "how many people of which unit"},
    required=frozenset(),
    still_true=is_still_news,
    example=Example(facts=lambda session: {"is_withdrawn": False}, context=example_context),
)
REQUEST_RECEIVED = Kind(
    name="request_received",
    label="Request received",
    family=Family.NEWS,
    context=request_context,
    subject_placeholders=OF_A_REQUEST,
    placeholders=PAGE,
    required=frozenset(),
    example=Example(context=example_context),
)
REQUEST_ANSWERED = Kind(
    name="request_answered",
    label="Request answered",
    family=Family.NEWS,
    context=request_context,
    subject_placeholders=OF_A_REQUEST,
    placeholders=PAGE,
    required=frozenset(),
    example=Example(facts=lambda session: {"answer": "What you wrote."}, context=example_context),
)
REQUEST_SCHEDULED = Kind(
    name="request_scheduled",
    label="Request scheduled",
    family=Family.NEWS,
    context=scheduled_context,
    placeholders=PAGE,
    required=frozenset(),
    example=Example(context=example_of_the_session),
)
REQUEST_DECLINED = Kind(
    name="request_declined",
    label="Request declined",
    family=Family.NEWS,
    context=request_context,
    subject_placeholders=OF_A_REQUEST,
    placeholders=PAGE,
    required=frozenset(),
    example=Example(facts=lambda session: {"reason": "The reason you give."}, context=example_context),
)
REQUEST_UNMET = Kind(
    name="request_unmet",
    label="Request scheduled, session cancelled",
    family=Family.NEWS,
    context=scheduled_context,
    placeholders=PAGE,
    required=frozenset(),
    example=Example(fits=(Session.Status.CANCELLED,), facts=facts_of_ending, context=example_of_the_session),
)

KINDS = (
    REQUEST_ASKED,
    REQUEST_RECEIVED,
    REQUEST_ANSWERED,
    REQUEST_SCHEDULED,
    REQUEST_DECLINED,
    REQUEST_UNMET,
)
