"""Decide what a received mail does (calendar.md section 8): answers of calendars, and mail that came back.

An answer changes only the seat of the person whom our mail server proved to have sent it. All other mail is recorded
and changes nothing: a mail is a claim, and the UID in it only shows that its writer has seen the invitation. Nothing
here wakes a worker: the caller does that once, for all the mail it hands over.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from notifications.kinds.replies import KINDS, PART_DECLINED, PLACE_GONE, UNPROVEN
from notifications.models import CalendarThread, Decline, Notice, ReceivedMail, counts_of, every_meeting_declined
from notifications.models.kind import Family, Kind
from notifications.replies.calendar_replies import CalendarReply
from notifications.replies.delivery_reports import FailedRecipient
from notifications.replies.headers import same_address_form
from notifications.replies.reading import IncomingMail, read
from registrations.models import Registration

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
ONCE_IN = timedelta(days=1)
# A calendar whose clock is wrong by more must not shut out the answers that follow.
CLOCKS_DIFFER = timedelta(days=1)

Outcome, Partstat = ReceivedMail.Outcome, CalendarThread.Partstat
APPLIED: dict[str, ReceivedMail.Outcome] = {
    Partstat.ACCEPTED: Outcome.ACCEPTED,
    Partstat.TENTATIVE: Outcome.TENTATIVE,
    Partstat.DECLINED: Outcome.DECLINED,
}
ANSWERS = [kind.name for kind in KINDS if kind.family is Family.REPLY]


def receive(raw: bytes, now: datetime | None = None) -> ReceivedMail:
    """Apply one mail, once however often it comes, and return the row of what was made of it.

    Raises only DATABASE_AWAY: then the caller has to hand the mail over again. A mail with which anything else goes
    wrong is recorded as unreadable, so that it never stops the next one.
    """
    now = now or timezone.now()
    mail = read(raw, settings.REPLY_AUTHSERV_ID)
    try:
        return _receive(mail, raw, now)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        # Without the traceback: its values may be addresses, and logs carry none.
        logger.error("a received mail could not be applied: %s", type(error).__name__)
        unreadable = IncomingMail(mail.message_id, mail.sender, mail.subject, problem="It could not be applied.")
        return _receive(unreadable, raw, now)


@transaction.atomic
def _receive(mail: IncomingMail, raw: bytes, now: datetime) -> ReceivedMail:
    record, is_new = ReceivedMail.objects.get_or_create(
        message_id=mail.message_id,
        defaults={"received_at": now, "outcome": Outcome.IGNORED},
    )
    if is_new:
        record.outcome, record.sentence = _apply(mail, record, now)
        if record.outcome != Outcome.IGNORED and not Notice.objects.quotes_a_secret(raw):
            # Mail that is no answer may be addressed to a person of the office, so nothing of it is stored here. Nor of
            # what quotes a sign-in code or news of access, as a report of a full mailbox does: the office reads it.
            record.raw, record.sender, record.subject = raw, mail.sender, mail.subject
        record.save()
        logger.info("received mail %s: %s", record.pk, record.outcome)
    return record


def _apply(mail: IncomingMail, record: ReceivedMail, now: datetime) -> tuple[str, str]:
    """Do what the mail may ask for, and return the outcome with a sentence for the office."""
    if mail.problem:
        return Outcome.UNREADABLE, mail.problem
    if mail.failed_recipients:
        return _mark_undeliverable(mail.failed_recipients, now)
    reply = mail.reply
    if reply is None:
        return Outcome.IGNORED, "It holds no calendar."
    if reply.method not in ("REPLY", "COUNTER", "REFRESH"):
        return Outcome.IGNORED, "Its calendar is no answer."
    thread = CalendarThread.objects.filter(uid=reply.uid).select_related("registration__session", "meeting").first()
    if thread is None:
        return Outcome.UNKNOWN, "No invitation of ours has this UID."
    thread.registration.session.lock()
    thread.refresh_from_db(fields=["sequence", "shown", "partstat", "answered_at", "declined_notice"])
    thread.meeting.refresh_from_db(fields=["starts_at", "ends_at", "cancelled_at"])
    thread.registration.refresh_from_db(fields=["status"])
    record.thread, record.attendee, record.stamp = thread, reply.attendee, reply.stamp
    record.partstat, record.comment = reply.partstat[:20], reply.comment
    return _answer(mail, reply, thread, now)


# ---- answers to an invitation of ours, its session locked ----


def _answer(mail: IncomingMail, reply: CalendarReply, thread: CalendarThread, now: datetime) -> tuple[str, str]:
    """Go through the table of calendar.md 8.3, in its order, and return the outcome with its sentence."""
    registration, meeting = thread.registration, thread.meeting
    unproven = _why_unproven(mail, reply, registration)
    if not registration.is_registered or meeting.is_cancelled or meeting.starts_at <= now:
        return _too_late(reply, thread, reply.problem or unproven, now)
    if reply.problem:
        return Outcome.UNCLEAR, reply.problem
    if unproven:
        return _ask_to_confirm(reply, registration, unproven, now)
    if reply.method == "REFRESH":
        return _repeat(mail, thread, now)
    if reply.method == "COUNTER":
        return Outcome.UNCLEAR, "It proposes another time. Nothing was changed or answered."
    if reply.partstat not in APPLIED:
        return Outcome.UNCLEAR, f"It answers neither yes, maybe nor no, but {reply.partstat or 'nothing'}."[:500]
    stamp = reply.stamp
    if stamp is None:
        return Outcome.UNCLEAR, "It does not say when it was written, so it cannot be put in order."
    if not thread.shows_its_times or _answers_other_times(thread, reply.sequence):
        return Outcome.STALE, "It answers an invitation to other times. The place stays as it is."
    if duplicate := _why_not_newer(reply, stamp, thread):
        return duplicate
    return _apply_answer(reply, stamp, thread, now)


def _why_unproven(mail: IncomingMail, reply: CalendarReply, registration: Registration) -> str:
    own = same_address_form(registration.person.email)
    if reply.attendee != own:
        return "It answers for somebody who was not invited."
    if mail.sender != own:
        return "It was not sent by the person it answers for."
    if not mail.is_proven:
        return "The mail server did not prove who sent it."
    return ""


def _answers_other_times(thread: CalendarThread, sequence: int) -> bool:
    """Tell whether the meeting begins or ends at another instant than the answered invitation said.

    An answered invitation whose times are not known is overtaken by any newer one. A SEQUENCE that was never sent
    counts as the newest.
    """
    requests = thread.notices.filter(method=Notice.Method.REQUEST, sequence__lte=sequence).order_by("-sequence", "-pk")
    said = next((facts["says"] for facts in requests.values_list("facts", flat=True) if "says" in facts), None)
    if said is None:
        return sequence < (thread.sequence or 0)
    held = (thread.meeting.starts_at, thread.meeting.ends_at)
    return tuple(datetime.fromisoformat(said[name]) for name in ("starts_at", "ends_at")) != held


def _why_not_newer(reply: CalendarReply, stamp: datetime, thread: CalendarThread) -> tuple[str, str] | None:
    """Return the outcome of an answer that is older than the last one applied, or the same; None for a newer one."""
    same = Q(attendee=reply.attendee, stamp=stamp, partstat=reply.partstat)
    if thread.answers.filter(same, outcome__in=ReceivedMail.APPLIED).exists():
        return Outcome.DUPLICATE, "This very answer was applied before."
    if thread.answered_at and stamp < thread.answered_at:
        return Outcome.STALE, "A later answer was applied before."
    return None


def _apply_answer(reply: CalendarReply, stamp: datetime, thread: CalendarThread, now: datetime) -> tuple[str, str]:
    """Note the answer with its thread; begin or end a decline. Return the outcome with its sentence."""
    registration = thread.registration
    thread.partstat = reply.partstat
    thread.answered_at = now if stamp > now + CLOCKS_DIFFER else stamp
    # An invitation that is still on its way puts the entry back after the answer.
    arrived = thread.notices.filter(method=Notice.Method.REQUEST, state=Notice.State.SENT).order_by("pk")
    thread.declined_notice = arrived.last() if reply.partstat == Partstat.DECLINED else None
    thread.save(update_fields=["partstat", "answered_at", "declined_notice"])
    waiting = Decline.objects.waiting().filter(registration=registration).first()
    if reply.partstat != Partstat.DECLINED:
        if waiting:
            waiting.take_back()
            return APPLIED[reply.partstat], "It takes back the decline before it; the place is kept."
        return APPLIED[reply.partstat], ""
    if not every_meeting_declined(registration, now):
        event = f"{thread.meeting_id}-{now:%Y%m%d%H%M%S%f}"
        facts = counts_of(registration.session) | {"declined": thread.meeting_id}
        Notice.objects.owe(PART_DECLINED, registration, facts, event=event)
        return Outcome.DECLINED, "One meeting of several is declined. The place covers all of them and is kept."
    if registration.session.has_started(now):
        return Outcome.DECLINED, "The session has started, so the place is kept."
    Decline.objects.begin(registration, now)
    return Outcome.DECLINED, "The place is given up unless the person takes that back in time."


def _too_late(reply: CalendarReply, thread: CalendarThread, doubt: str, now: datetime) -> tuple[str, str]:
    """Record an answer about a seat or a meeting that is over; a person who accepts a seat they gave up is told so.

    Where there is any `doubt` about the answer or its sender, nobody is told anything.
    """
    registration = thread.registration
    left = registration.status == Registration.Status.WITHDRAWN and not registration.session.has_started(now)
    if reply.method == "REPLY" and reply.partstat == Partstat.ACCEPTED and left and not doubt:
        if _may_answer(registration, now):
            _owe_answer(PLACE_GONE, registration, now)
        return Outcome.ENDED, "It accepts a place that was given up. Nobody is registered again by mail."
    return Outcome.ENDED, "The place or the meeting is over."


def _ask_to_confirm(reply: CalendarReply, registration: Registration, unproven: str, now: datetime) -> tuple[str, str]:
    """Record an answer whose sender is not proven. For a decline, the registered address may be sent a link."""
    is_decline = reply.method == "REPLY" and reply.partstat == Partstat.DECLINED
    if is_decline and settings.REPLY_AUTHENTICATION == "link" and _may_answer(registration, now):
        _owe_answer(UNPROVEN, registration, now)
        return Outcome.UNPROVEN, f"{unproven} The registered address was sent a link to confirm."
    return Outcome.UNPROVEN, unproven


def _repeat(mail: IncomingMail, thread: CalendarThread, now: datetime) -> tuple[str, str]:
    """Send the invitation again to a person whose calendar asks for it (RFC 5546 section 3.2.6)."""
    if mail.is_automatic or not _may_answer(thread.registration, now):
        return Outcome.IGNORED, "It asks for the invitation again, and was not answered a second time that day."
    try:
        thread.send_again(by=thread.registration.person, now=now)
    except CalendarThread.Refused as refusal:
        return Outcome.ENDED, str(refusal)
    return Outcome.REPEATED, "It asked for the invitation again."


def _may_answer(registration: Registration, now: datetime) -> bool:
    """Tell whether the address was sent no answer to a mail within a day, so that no two programs answer each other."""
    return not Notice.objects.filter(
        to=registration.person.email, kind__in=ANSWERS, created_at__gt=now - ONCE_IN
    ).exists()


def _owe_answer(kind: Kind, registration: Registration, now: datetime) -> None:
    # It has no registration, so that it is no news of one: anybody may provoke it, and it must supersede nothing.
    facts, person = counts_of(registration.session) | {"registration": registration.pk}, registration.person
    Notice.objects.owe_to(kind, f"{registration.pk}::{now:%Y%m%d%H%M%S%f}", person.email, person, facts)


# ---- what came back ----


def _mark_undeliverable(failed_recipients: tuple[FailedRecipient, ...], now: datetime) -> tuple[str, str]:
    """Mark the Notices that could not be delivered. A report counts where it names our Message-ID and its recipient."""
    marked = 0
    for failed in failed_recipients:
        ours = Notice.objects.filter(message_id__in=failed.message_ids).first()
        if ours and same_address_form(ours.to) == failed.recipient:
            marked += ours.bounce(failed.words, now)
    if marked:
        return Outcome.RETURNED, "The message it names is marked as undeliverable."
    return Outcome.IGNORED, "It names no message of ours that was not marked before."
