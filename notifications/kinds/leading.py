"""Mail to the people who lead a session: asked, confirmed, changed, off; and to the office when one of them says no.

What is owed is the difference between what a facilitator was told of a meeting and what is so now. It is found when the
mail is claimed, two minutes after the first change, and kept with their LeadingThread. So several edits are one mail,
and an edit that is taken back is none. There is at most one unwritten mail of a thread: a verb locks it before it owes
another, and its sender locks it too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from catalog.models import Facilitator
from foundation import database_clock
from foundation.links import absolute
from notifications.calendars import writing
from notifications.calendars.leading import TENTATIVE, invitation_to_lead, leading_snapshot
from notifications.calendars.snapshots import Snapshot, differences, in_one_order, times_differ
from notifications.kinds.changes import COLLAPSE, labels_of, lock_unwritten
from notifications.kinds.contexts import first_name, meeting_context, session_context
from notifications.models import LeadingThread, Notice, new_uid
from notifications.models.kind import Example, Family, Kind
from registrations.models import Registration
from sessions_app.models import Leading, Meeting, Session
from sessions_app.models.leading_keys import path_of_leading

REQUEST, CANCEL = Notice.Method.REQUEST.value, Notice.Method.CANCEL.value
OF_A_LEADING = {"leading_url": "the link to say yes or no"}
# Why something ended, in the facts of its mail.
OFF, MEETING_OFF, SAID_NO, TAKEN_OFF = "session", "meeting", "declined", "taken_off"


# ---- what is owed ----


def owe_leader(leading: Leading, now: datetime) -> None:
    """Owe a facilitator, for each meeting to come, what may differ from what they were told. The session is locked.

    A cancelled session is told at once, everything else two minutes later. Somebody without an address is told nothing.
    """
    to, reader = leading.facilitator.address, leading.facilitator.reader
    if not to:
        return
    LeadingThread.objects.begin(leading, now)
    is_off = leading.session.status == Session.Status.CANCELLED
    for thread in leading.threads.filter(meeting__ends_at__gt=now).select_related("meeting"):
        if not thread.shown and not _is_on(leading, thread.meeting):
            continue
        if thread.notice_id and lock_unwritten(Notice.objects.filter(pk=thread.notice_id)):
            continue
        kind = CHANGED if thread.shown else ASKED
        key, at = f"{leading.pk}:{thread.meeting_id}:{now:%Y%m%d%H%M%S%f}", now if is_off else now + COLLAPSE
        thread.notice = Notice.objects.owe_to(kind, key, to, reader, {"thread": thread.pk}, at=at)
        thread.save(update_fields=["notice"])


def owe_leaders(leadings: Sequence[Leading], now: datetime) -> None:
    """Owe facilitators who are asked for the first time a mail for each meeting, in a fixed number of queries."""
    reached: dict[int, list[Leading]] = {one.session_id: [] for one in leadings}
    for one in leadings:
        if one.facilitator.address:
            reached[one.session_id].append(one)
    ahead = Meeting.objects.filter(session__in=reached, ends_at__gt=now).order_by("session", "starts_at", "pk")
    threads = LeadingThread.objects.bulk_create(
        LeadingThread(leading=one, meeting=meeting) for meeting in ahead for one in reached[meeting.session_id]
    )
    notices = Notice.objects.bulk_create(
        Notice(
            kind=ASKED.name,
            to=thread.leading.facilitator.address,
            person=thread.leading.facilitator.reader,
            facts={"thread": thread.pk},
            dedupe_key=f"{ASKED.name}:{thread.leading_id}:{thread.meeting_id}:{now:%Y%m%d%H%M%S%f}",
            next_attempt_at=now + COLLAPSE,
        )
        for thread in threads
    )
    for thread, notice in zip(threads, notices, strict=True):
        thread.notice = notice
    LeadingThread.objects.bulk_update(threads, ["notice"], batch_size=500)


def owe_leaders_who_have_a_seat(registrations: Sequence[Registration], now: datetime) -> None:
    """Owe a person who leads the session of `registrations`, and took or left a seat in it, one entry in the calendar.

    One query for everybody else.
    """
    session, people = registrations[0].session, [one.person_id for one in registrations]
    own = Leading.objects.current().filter(session=session.pk, facilitator__person__in=people)
    for leading in own.select_related("facilitator__person"):
        leading.session = session
        owe_leader(leading, now)


def owe_refusal(leading: Leading, now: datetime) -> None:
    """Owe the office the news that a facilitator said no; within two minutes they may still take it back."""
    key = f"{leading.pk}::{now:%Y%m%d%H%M%S%f}"
    Notice.objects.owe_to(DECLINED, key, settings.OFFICE_EMAIL, None, {"leading": leading.pk}, at=now + COLLAPSE)


def _is_on(leading: Leading, meeting: Meeting) -> bool:
    """Tell whether the facilitator leads the meeting, and it is held."""
    return leading.stands and leading.session.is_running and not meeting.is_cancelled


# ---- at the claim ----


def tells_the_leader(notice: Notice, now: datetime) -> bool:
    """Tell whether something differs from what the facilitator was told, and write into the Notice what it says.

    Its thread takes the next SEQUENCE and what is told now. Another reader begins with another UID, and so does
    somebody who is asked again after a cancellation. What was tried, or written ahead of an erasure, is sent as it is.
    """
    if notice.attempts or notice.text:
        return True
    thread = (
        LeadingThread.objects.select_related("leading__facilitator__person").filter(pk=notice.facts["thread"]).first()
    )
    if thread is None:
        return False
    leading = thread.leading
    leading.session = Session.objects.in_full().get(pk=leading.session_id)
    meeting = next(one for one in leading.session.all_meetings if one.pk == thread.meeting_id)
    reader, to = leading.facilitator.reader, leading.facilitator.address
    if not to or meeting.ends_at <= now:
        return False
    if thread.shown and not thread.is_read_by(reader, to):
        thread.shown, thread.in_calendar = {}, False
    before, was_in_calendar = thread.shown, thread.in_calendar
    now_so = leading_snapshot(leading, meeting, leading.session.part_numbers()) if _is_on(leading, meeting) else {}
    in_calendar = bool(now_so) and not _has_an_invitation(reader, leading.session)
    if in_one_order(now_so) == in_one_order(before) and in_calendar == was_in_calendar:
        return False
    if now_so and not before and thread.sequence is not None:
        thread.uid, thread.sequence = new_uid(), None
    carries = REQUEST if in_calendar else CANCEL if was_in_calendar else ""
    if carries:
        thread.sequence = 0 if thread.sequence is None else thread.sequence + 1
    thread.shown, thread.in_calendar, thread.person, thread.address = now_so, in_calendar, reader, to
    thread.save(update_fields=["uid", "sequence", "shown", "in_calendar", "person", "address"])
    notice.kind, notice.person, notice.to = _kind_of(before, now_so).name, reader, to
    notice.facts |= {"carries": carries, "sequence": thread.sequence, "uid": thread.uid, "says": now_so or before}
    notice.facts |= {"known": before} | ({} if now_so else {"why": _why_ended(leading, meeting)})
    notice.save(update_fields=["kind", "facts", "person", "to"])
    return True


def _has_an_invitation(reader: Any, session: Session) -> bool:
    """Tell whether the reader has the session in the calendar as somebody who is registered: one entry is enough."""
    return bool(reader and session.is_confirmed and session.registrations.registered().filter(person=reader).exists())


def _kind_of(before: Snapshot, now_so: Snapshot) -> Kind:
    if not now_so:
        return ENDED
    if not before:
        return ASKED
    return CONFIRMED if before["status"] == TENTATIVE != now_so["status"] else CHANGED


def _why_ended(leading: Leading, meeting: Meeting) -> str:
    if leading.session.status == Session.Status.CANCELLED:
        return OFF
    if leading.is_declined:
        return SAID_NO
    return MEETING_OFF if leading.stands else TAKEN_OFF


def is_still_declined(notice: Notice, now: datetime) -> bool:
    """Tell whether the office has still to see to it that somebody said no."""
    return Leading.objects.waiting(now).filter(pk=notice.facts["leading"]).exists()


# ---- the calendar part ----


def calendar_of(notice: Notice, now: datetime) -> str:
    """Return the REQUEST or CANCEL of a Notice, as its facts say; "" where it has none."""
    if not notice.facts.get("carries"):
        return ""
    thread = LeadingThread.objects.select_related("leading__facilitator__person").get(pk=notice.facts["thread"])
    write = writing.request if notice.facts["carries"] == REQUEST else writing.cancel
    return write(invitation_to_lead(notice, thread, now)).decode()


# ---- what the templates may name ----


def leading_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of a mail to a facilitator may name."""
    thread = LeadingThread.objects.select_related("leading__facilitator__person").get(pk=notice.facts["thread"])
    leading = thread.leading
    leading.session = Session.objects.in_full().get(pk=leading.session_id)
    meeting = next(one for one in leading.session.all_meetings if one.pk == thread.meeting_id)
    return about_leading(notice, leading, meeting)


def about_leading(notice: Notice, leading: Leading, meeting: Meeting) -> dict[str, Any]:
    """Return what a mail names to the facilitator of `leading`, about one meeting."""
    session, person, facts = leading.session, notice.person, notice.facts
    numbers, year = session.part_numbers(), database_clock.now().year
    name = first_name(person) or leading.facilitator.name
    rows = differences(facts["known"], facts["says"], year) if facts.get("known") and facts.get("says") else []
    mine = absolute(reverse("leading_session", args=[session.code])) if person else ""
    context = session_context(notice, session, name, [meeting], joins=True)
    return context | {
        "meetings": [meeting_context(meeting, session, numbers, invited=not facts.get("why"))],
        "day": _day_of(context["meetings"], context["day"]),
        "facilitators": facts.get("says", {}).get("facilitators", []),
        "changes": rows,
        "what": labels_of(rows),
        "is_moved": bool(rows) and times_differ(facts["known"], facts["says"]),
        "carries": facts.get("carries", ""),
        "has_accepted": leading.is_accepted,
        "is_confirmed": session.is_confirmed,
        "why": facts.get("why", ""),
        "reason": session.cancel_reason or meeting.cancel_reason,
        "by_rule": session.cancelled_by_rule,
        "before": "",
        "leading_url": absolute(path_of_leading(leading)),
        "page_url": mine or absolute(path_of_leading(leading)),
    }


def _day_of(meetings: list[dict[str, str]], first_day: str) -> str:
    return meetings[0]["day"] if len(meetings) == 1 else first_day


def declined_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail to the office may name."""
    leading = Leading.objects.select_related("facilitator").get(pk=notice.facts["leading"])
    leading.session = Session.objects.in_full().get(pk=leading.session_id)
    return about_a_refusal(notice, leading)


def about_a_refusal(notice: Notice, leading: Leading) -> dict[str, Any]:
    """Return what the mail to the office names of a facilitator who said no."""
    left = [one.byline for one in leading.session.led_by if one.pk != leading.facilitator_id]
    return session_context(notice, leading.session, "") | {
        "who": leading.facilitator.name,
        "reason": leading.reason,
        "facilitators": left,
        "before": "",
        "office_url": absolute(reverse("admin:sessions_app_session_change", args=[leading.session.pk])),
    }


# ---- the examples ----


def example_leading(notice: Notice, session: Session) -> Leading:
    """Return an unsaved Leading of the reader, for an example."""
    name = notice.person.get_full_name() if notice.person else ""
    return Leading(session=session, facilitator=Facilitator(name=name or notice.to, person=notice.person))


def example_context(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: the reader leads `session`, which was to begin a day earlier before."""
    leading, meeting = example_leading(notice, session), session.all_meetings[0]
    says = leading_snapshot(leading, meeting, session.part_numbers())
    known = says | {name: (getattr(meeting, name) - timedelta(days=1)).isoformat() for name in ("starts_at", "ends_at")}
    notice.facts = notice.facts | {"says": says, "known": known} | notice.facts
    return about_leading(notice, leading, meeting)


def _to_facilitators(name: str, label: str, example: Example) -> Kind:
    return Kind(
        name=name,
        label=label,
        family=Family.NEWS,
        context=leading_context,
        placeholders=OF_A_LEADING,
        is_news=tells_the_leader,
        calendar=calendar_of,
        example=example,
    )


ASKED = _to_facilitators("leading_asked", "Facilitator: asked to lead", Example(context=example_context))
CONFIRMED = _to_facilitators("leading_confirmed", "Facilitator: confirmed", Example(context=example_context))
CHANGED = _to_facilitators("leading_changed", "Facilitator: changed", Example(context=example_context))
ENDED = _to_facilitators(
    "leading_ended", "Facilitator: off", Example(facts=lambda session: {"why": TAKEN_OFF}, context=example_context)
)
DECLINED = Kind(
    name="leading_declined",
    label="A facilitator said no",
    family=Family.NEWS,
    context=declined_context,
    placeholders={"who": "who said no", "office_url": "the link to the session in the office"},
    still_true=is_still_declined,
    example=Example(
        context=lambda notice, session: about_a_refusal(notice, example_leading(notice, session)),
    ),
)

KINDS = (ASKED, CONFIRMED, CHANGED, ENDED, DECLINED)
