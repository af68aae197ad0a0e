"""What the templates of each kind of mail may name.

Everything is built from one registration, nomination or interest, so that no letter can name anybody but its reader
(and, in a nomination, who proposed them). What a kind with a module of its own may name stands there.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from foundation.dates import clock, long_day, short_day, time_span, zone_words
from foundation.links import absolute
from foundation.text import ordinal
from notifications.calendars.snapshots import differences, place_words, times_differ, told_of, when_words
from notifications.models import Notice
from notifications.models.received import Decline
from registrations.models import Interest, Nomination, Registration
from sessions_app.display.panel import opening_words
from sessions_app.models import Meeting, Session

MOST_NEXT_DATES = 4
CANCELLATIONS = (Notice.Kind.CANCELLED, Notice.Kind.CALLED_OFF)
SHOWS_JOIN_LINK = (Notice.Kind.REMINDER,)
# Of several meetings each has an invitation of its own, and the letter with the first shows all dates.
INTRODUCES = (Notice.Kind.CONFIRMED, Notice.Kind.PROMOTED)
OFFERS_DATES = (*CANCELLATIONS, Notice.Kind.WAITLIST_CLOSED, Notice.Kind.UNDATED)


def context_of_notice(notice: Notice) -> dict:
    """Return what the templates of the notice's kind may name."""
    return CONTEXTS.get(notice.kind, letter_context)(notice)


def letter_context(notice: Notice, meeting: Meeting | None = None) -> dict:
    """Return what the templates of a registration's letters may name. `meeting`: the one a plain letter is about."""
    registration = notice.registration
    person = registration.person
    meeting = notice.thread.meeting if notice.method else meeting
    shown = [meeting] if meeting else None
    to_come = [one for one in registration.session.held_meetings if one.ends_at > timezone.now()]
    if notice.kind in INTRODUCES and meeting in to_come[:1]:
        shown = to_come
    return session_context(notice, registration.session, person.get_short_name() if person.name else "", shown) | {
        "registration_url": absolute(registration.get_absolute_url()),
        "withdrawal_url": absolute(reverse("withdrawal", args=[registration.uuid])),
        "choose_url": absolute(reverse("transfer", args=[registration.uuid])) if registration.may_rebook else "",
        "pre_work_url": pre_work_url(registration),
        "seat_url": absolute(reverse("seat", args=[registration.uuid])),
        "place_in_line": ordinal(notice.facts["place"]) if "place" in notice.facts else "",
        "moved_to": day_of(registration.moved_to) if registration.moved_to else "",
        "other_seat": other_seat(registration) if notice.kind == Notice.Kind.PROMOTED else None,
    }


def nomination_context(notice: Notice) -> dict:
    """Return what the templates of the letters to a proposed colleague may name."""
    nomination = Nomination.objects.select_related("session__workshop", "by").get(pk=notice.facts["nomination"])
    return about_nomination(notice, nomination)


def about_nomination(notice: Notice, nomination: Nomination) -> dict:
    by, person = nomination.by, notice.person
    name = person.get_short_name() if person and person.name else ""
    return session_context(notice, nomination.session, name) | {
        "by": f"{by.name} ({by.email})" if by.name else by.email,
        "nomination_url": absolute(nomination.get_absolute_url()),
    }


def interest_context(notice: Notice) -> dict:
    """Return what the templates of the letter about a new date may name."""
    interest = Interest.objects.select_related("person").get(pk=notice.facts["interest"])
    session = Session.objects.select_related("workshop").get(pk=notice.facts["dated"])
    return about_interest(notice, interest, session)


def about_interest(notice: Notice, interest: Interest, session: Session) -> dict:
    name, now = interest.person.get_short_name() if interest.person.name else "", timezone.now()
    return session_context(notice, session, name) | {
        "interest_url": absolute(interest.get_absolute_url()),
        "opens": opening_with_zone(session, now) if session.opens_later(now) else "",
    }


def opening_with_zone(session: Session, now: datetime) -> str:
    """“on Monday, May 6 at 9:00 AM, Central time”: when registering begins, for people anywhere."""
    return f"{opening_words(session, now)}, {zone_words(session.time_zone, session.registration_opens_at)}"


def office_context(notice: Notice) -> dict:
    """Return what the templates of the question to the office may name."""
    session = Session.objects.select_related("workshop").get(pk=notice.facts["asked"])
    pages = {"run_anyway_url": "run-anyway", "extend_url": "extend", "cancel_url": "cancel"}
    urls = {
        name: absolute(reverse(f"admin:sessions_app_session_{page}", args=[session.pk])) for name, page in pages.items()
    }
    answer_by = session.answer_by or session.starts_at
    words = f"{long_day(answer_by, session.time_zone)}, {clock(answer_by, session.time_zone)}"
    return session_context(notice, session, "") | urls | {"answer_by": words}


def change_context(notice: Notice) -> dict:
    """Return what the templates of the letter about a change may name: what was and what is, and only that."""
    session, this_year = notice.registration.session, timezone.now().year
    context = letter_context(notice)
    if notice.thread:
        before, after = notice.facts.get("known", {}), notice.facts["says"]
        rows, is_moved = differences(before, after, this_year), times_differ(before, after)
        rows = [row | {"part": context["part"]} for row in rows]
    else:
        rows, is_moved = changed_meetings(session, notice.facts["known"], this_year)
    return context | {
        "changes": rows,
        "what": {row["label"] for row in rows},
        "is_moved": is_moved,
        "is_waiting": notice.registration.is_waitlisted,
        "next_dates": next_dates(session, notice.registration) if is_moved else [],
    }


def altered_context(notice: Notice) -> dict:
    """Return what the templates of the letter about a change to a proposed colleague may name."""
    return about_alteration(notice, nomination_context(notice))


def about_alteration(notice: Notice, context: dict) -> dict:
    rows, _ = changed_meetings(context["session"], notice.facts["known"], timezone.now().year)
    return context | {"changes": rows, "what": {row["label"] for row in rows}}


def changed_meetings(session: Session, before: list[dict], this_year: int) -> tuple[list[dict], bool]:
    """Return what changed of any meeting as rows with their part, and whether a time did.

    A meeting that is new was nothing, and one that is cancelled is nothing now.
    """
    numbers, rows, is_moved = session.part_numbers(), [], False
    was = {values["meeting"]: values for values in before}
    held = {meeting.pk: told_of(meeting, session) for meeting in session.held_meetings}
    for pk, number in numbers.items():
        old, new = was.get(pk), held.get(pk)
        if old and new:
            found = differences(old, new, this_year)
            is_moved = is_moved or times_differ(old, new)
        else:
            found = [{"label": label, "was": words(old), "now": words(new)} for label, words in WHOLE if old or new]
            is_moved = is_moved or bool(old or new)
        rows += [row | {"part": _part_words(number, len(numbers))} for row in found]
    return rows, is_moved


WHOLE = [
    ("When", lambda values: when_words(values) if values else "not held"),
    ("Where", lambda values: values["place"] if values else "–"),
]


def dropped_context(notice: Notice) -> dict:
    """Return what the templates of the letter about one cancelled meeting may name; `meetings` are those that stand."""
    meeting, session = notice.thread.meeting, notice.registration.session
    context, numbers = letter_context(notice), session.part_numbers()
    rest = [one for one in session.held_meetings if one.ends_at > timezone.now()]
    return context | {
        "dropped": _meeting_words(meeting, session, numbers, invited=False),
        "reason": meeting.cancel_reason,
        "meetings": [_meeting_words(one, session, numbers, invited=True) for one in rest],
    }


def decline_context(notice: Notice) -> dict:
    """Return what the templates of the letter about a declined place may name."""
    decline = Decline.objects.select_related("registration__session").get(pk=notice.facts["decline"])
    return about_decline(notice, decline)


def about_decline(notice: Notice, decline: Decline) -> dict:
    return letter_context(notice) | {"gives_up": decline.words, "keep_url": absolute(decline.get_absolute_url())}


def part_context(notice: Notice) -> dict:
    """Return what the templates of the letter about one declined meeting of several may name."""
    numbers = notice.registration.session.part_numbers()
    part = _part_words(numbers.get(notice.facts["declined"], 0), len(numbers))
    return letter_context(notice) | {"part": part or "one of its meetings"}


def answer_context(notice: Notice) -> dict:
    """Return what the templates of the letters that answer a mail may name: they are no news of the registration."""
    notice.registration = Registration.objects.select_related("session__workshop", "person").get(
        pk=notice.facts["registration"]
    )
    return letter_context(notice)


CONTEXTS = {
    Notice.Kind.DECLINED: decline_context,
    Notice.Kind.PART_DECLINED: part_context,
    Notice.Kind.UNPROVEN: answer_context,
    Notice.Kind.PLACE_GONE: answer_context,
    Notice.Kind.UNDECIDED: office_context,
    Notice.Kind.NOMINATED: nomination_context,
    Notice.Kind.CALLED_OFF: nomination_context,
    Notice.Kind.DATED: interest_context,
    Notice.Kind.UNDATED: interest_context,
    Notice.Kind.CHANGED: change_context,
    Notice.Kind.DROPPED: dropped_context,
    Notice.Kind.ALTERED: altered_context,
}


def context_of(kind: str) -> Callable[[Callable], Callable]:
    """Make the decorated function give the templates of `kind` what they may name: a notice in, a dict out."""

    def register(context: Callable[[Notice], dict]) -> Callable[[Notice], dict]:
        CONTEXTS[kind] = context
        return context

    return register


def session_context(notice: Notice, session: Session, name: str, shown: list[Meeting] | None = None) -> dict:
    """Return what every letter about a session may name, read by `name`.

    `shown` are the meetings of an invitation, its own first.
    """
    numbers = session.part_numbers()
    invited = notice.method == Notice.Method.REQUEST or notice.kind in SHOWS_JOIN_LINK
    facts = {"count": session.seats_taken, "minimum": session.minimum} | notice.facts
    return {
        "kind": notice.kind,
        "method": notice.method,
        "name": name,
        "session": session,
        "title": session.workshop.title,
        "day": short_day(session.starts_at, session.time_zone).replace(",", ""),
        "long_day": long_day(session.starts_at, session.time_zone),
        "decided_day": long_day(session.confirm_by, session.time_zone),
        "decided_weekday": long_day(session.confirm_by, session.time_zone).split(",")[0],
        "meetings": [_meeting_words(meeting, session, numbers, invited) for meeting in shown or session.held_meetings],
        "part": _part_words(numbers[shown[0].pk], len(numbers)) if shown else "",
        "facilitators": [facilitator.byline for facilitator in session.facilitators.all()],
        "pre_work": session.workshop.pre_work,
        "next_dates": next_dates(session, notice.registration) if notice.kind in OFFERS_DATES else [],
        "session_url": absolute(session.get_absolute_url()),
        "workshop_url": absolute(session.workshop.get_absolute_url()),
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
        "dots": tuple(seat < facts["count"] for seat in range(facts["minimum"])),
    } | facts


def _meeting_words(meeting: Meeting, session: Session, numbers: dict[int, int], invited: bool) -> dict:
    zone = meeting.time_zone
    return {
        "day": long_day(meeting.starts_at, zone, timezone.now().year),
        "times": time_span(meeting.starts_at, meeting.ends_at, zone),
        "zone": zone_words(zone, meeting.starts_at),
        "place": place_words(meeting, session),
        "directions": meeting.venue.directions if meeting.venue else "",
        "join_link": meeting.join_link if invited else "",
        "part": _part_words(numbers[meeting.pk], len(numbers)),
    }


def _part_words(part: int, parts: int) -> str:
    return f"part {part} of {parts}" if parts > 1 else ""


def pre_work_url(registration: Registration) -> str:
    """Return where the person reads what comes before the session; empty if nothing does, or they have."""
    return absolute(reverse("pre_work", args=[registration.uuid])) if registration.has_pre_work_to_do else ""


def next_dates(session: Session, registration: Registration | None = None) -> list[dict]:
    """Return other dates of the same workshop that still take registrations, soonest first.

    For whoever has a place, or had one in a cancelled session, the link leads to the page that moves it there.
    """
    page = ""
    if registration and (registration.is_active or registration.may_rebook):
        page = absolute(reverse("transfer", args=[registration.uuid]))
    now = timezone.now()
    return [
        {
            "day": long_day(other.starts_at, other.time_zone, now.year),
            "times": time_span(other.starts_at, other.ends_at, other.time_zone),
            "url": f"{page}?to={other.code}" if page else absolute(other.get_absolute_url()),
        }
        for other in session.other_dates[:MOST_NEXT_DATES]
    ]


def other_seat(registration: Registration) -> dict | None:
    """Return the seat the person also has on another date of the workshop, as after waiting for a better one."""
    seats = registration.person.registrations.registered().filter(
        session__workshop=registration.session.workshop_id, session__starts_at__gt=timezone.now()
    )
    other = seats.exclude(pk=registration.pk).select_related("session").first()
    if other is None:
        return None
    return {"day": day_of(other), "url": absolute(reverse("withdrawal", args=[other.uuid]))}


def day_of(registration: Registration) -> str:
    """“Tuesday, May 14” of a place."""
    return long_day(registration.session.starts_at, registration.session.time_zone)
