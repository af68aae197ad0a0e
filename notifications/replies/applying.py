"""Decide what a received mail does (calendar.md section 8): answers of calendars, and mail that came back.

An answer changes only the seat of the person whom our mail server proved to have sent it. All other mail is recorded
and changes nothing: a mail is a claim, and the UID in it only shows that its writer has seen the invitation. Nothing
here wakes a worker: the caller does that once, for all the mail it hands over.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Min

from foundation import database_clock
from foundation.middleware.outages import outage_of
from notifications.kinds.replies import AGAIN, PART_DECLINED, PLACE_GONE, TIME_STANDS, UNPROVEN
from notifications.models import (
    CalendarThread,
    Decline,
    Notice,
    NoticeQuerySet,
    ReceivedMail,
    counts_of,
    every_meeting_declined,
)
from notifications.models.kind import Kind
from notifications.replies.account_mail import quotes_account_mail
from notifications.replies.calendar_replies import ANSWER_METHODS, CalendarReply
from notifications.replies.delivery_reports import FailedDelivery
from notifications.replies.headers import same_address_form
from notifications.replies.reading import IncomingMail, read
from registrations.models import Registration

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
A_DAY = timedelta(days=1)
# So many times a day a calendar that puts a cancelled meeting back is sent its cancellation. No person presses oftener,
# and two programs that answer each other must come to an end.
MOST_CANCELLATIONS = 3
# A calendar whose clock is wrong by more must not shut out the answers that follow.
CLOCKS_DIFFER = timedelta(days=1)

Outcome, Partstat = ReceivedMail.Outcome, CalendarThread.Partstat
APPLIED: dict[str, ReceivedMail.Outcome] = {
    Partstat.ACCEPTED: Outcome.ACCEPTED,
    Partstat.TENTATIVE: Outcome.TENTATIVE,
    Partstat.DECLINED: Outcome.DECLINED,
}


def receive(raw: bytes, now: datetime | None = None, *, stays_in_mailbox: bool = False) -> ReceivedMail:
    """Apply one mail, once however often it comes, and return the row of what was made of it.

    `stays_in_mailbox` tells whether people read the mail elsewhere if it turns out to be none of ours.

    Raises only DATABASE_AWAY: then the caller has to hand the mail over again. A mail with which anything else goes
    wrong is recorded as unreadable, so that it never stops the next one.
    """
    now = now or database_clock.now()
    mail = read(raw, settings.REPLY_AUTHSERV_ID)
    try:
        return _receive(mail, raw, now, stays_in_mailbox)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        if outage_of(error):
            raise OperationalError("The database takes nothing.") from error
        # Without the traceback: its values may be addresses, and logs carry none.
        logger.error("a received mail could not be applied: %s", type(error).__name__)
        unreadable = IncomingMail(mail.message_id, mail.sender, mail.subject, problem="It could not be applied.")
        return _receive(unreadable, raw, now, stays_in_mailbox)


@transaction.atomic
def _receive(mail: IncomingMail, raw: bytes, now: datetime, stays_in_mailbox: bool) -> ReceivedMail:
    record, is_new = ReceivedMail.objects.get_or_create(
        message_id=mail.message_id,
        defaults={"received_at": now, "outcome": Outcome.IGNORED},
    )
    if is_new:
        record.outcome, record.sentence = _apply(mail, record, now, stays_in_mailbox)
        if record.outcome != Outcome.IGNORED:
            # Other mail may be addressed to a person of the office, so nothing of it is stored here.
            record.raw, record.sender, record.subject = raw, mail.sender, mail.subject
        if quotes_account_mail(raw):
            # Its text, and often its subject, holds the code or the link that opens somebody's account.
            record.raw, record.sender, record.subject, record.comment = b"", "", "", ""
        record.save()
        logger.info("received mail %s: %s", record.pk, record.outcome)
    return record


def _apply(mail: IncomingMail, record: ReceivedMail, now: datetime, stays_in_mailbox: bool) -> tuple[str, str]:
    """Do what the mail may ask for, and return the outcome with a sentence for the office."""
    if mail.problem:
        return Outcome.UNREADABLE, mail.problem
    if mail.failed:
        return _mark_undeliverable(mail.failed, now)
    reply = mail.reply
    if reply is None or reply.method not in ANSWER_METHODS:
        return _show_words(mail, record, stays_in_mailbox)
    thread = CalendarThread.objects.filter(uid=reply.uid).select_related("registration__session", "meeting").first()
    if thread is None:
        return Outcome.UNKNOWN, "No invitation of ours has this UID."
    thread.registration.session.lock()
    thread.refresh_from_db(fields=["sequence", "requested_at", "shown", "partstat", "answered_at", "declined_notice"])
    thread.meeting.refresh_from_db(fields=["starts_at", "ends_at", "cancelled_at"])
    thread.registration.refresh_from_db(fields=["status", "moved_to"])
    record.thread, record.attendee, record.stamp = thread, reply.attendee, reply.stamp
    record.partstat, record.comment = reply.partstat[:20], reply.comment
    return _answer(mail, reply, thread, now)


def _show_words(mail: IncomingMail, record: ReceivedMail, stays_in_mailbox: bool) -> tuple[str, str]:
    """Show the office what a person wrote in words, where it answers mail of ours or no mailbox keeps it."""
    ours = Notice.objects.filter(message_id__in=mail.answers).select_related("thread").order_by("pk").last()
    if mail.is_automatic or (stays_in_mailbox and ours is None):
        return Outcome.IGNORED, "It holds no calendar." if mail.reply is None else "Its calendar is no answer."
    record.comment = mail.words
    if ours is None:
        return Outcome.WORDS, "It is written in words, and only a person can answer it."
    record.thread = ours.thread
    return Outcome.WORDS, "It answers our mail in words, and only a person can answer it."


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
        return _say_that_the_time_stands(registration, now)
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

    An answered invitation whose times are not known is overtaken by any newer one. A SEQUENCE above all that were sent
    counts as the newest, one below them, or none, as the first: many calendars leave it out.
    """
    requests = thread.notices.filter(method=Notice.Method.REQUEST)
    sequence = max(sequence, requests.aggregate(Min("sequence"))["sequence__min"] or 0)
    answered = requests.filter(sequence__lte=sequence).order_by("-sequence", "-pk")
    said = next((facts["says"] for facts in answered.values_list("facts", flat=True) if "says" in facts), None)
    if said is None:
        return sequence < (thread.sequence or 0)
    held = (thread.meeting.starts_at, thread.meeting.ends_at)
    return tuple(datetime.fromisoformat(said[name]) for name in ("starts_at", "ends_at")) != held


def _why_not_newer(reply: CalendarReply, stamp: datetime, thread: CalendarThread) -> tuple[str, str] | None:
    """Return the outcome of an answer that is older than the last one applied, or says it again; None for a newer one.

    An answer is the mail it came in: programs keep one DTSTAMP over several answers. So of two with the same DTSTAMP
    the mail that came later is the newer one, unless it only repeats the last.
    """
    if thread.answered_at and stamp < thread.answered_at:
        return Outcome.STALE, "A later answer was applied before."
    last = thread.answers.filter(outcome__in=ReceivedMail.APPLIED).order_by("pk").last()
    says_it_again = last and (last.attendee, last.stamp, last.partstat) == (reply.attendee, stamp, reply.partstat)
    # The last by key need not be the last by the lock: two mails may have been read at once.
    if says_it_again and thread.partstat in (reply.partstat, Partstat.NEEDS_ACTION):
        return Outcome.DUPLICATE, "This very answer was applied before."
    return None


def _apply_answer(reply: CalendarReply, stamp: datetime, thread: CalendarThread, now: datetime) -> tuple[str, str]:
    """Note the answer with its thread; begin or end a decline. Return the outcome with its sentence."""
    registration = thread.registration
    thread.partstat = reply.partstat
    # Whole seconds, as a DTSTAMP has: an answer of the same second must not seem older.
    thread.answered_at = now.replace(microsecond=0) if stamp > now + CLOCKS_DIFFER else stamp
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
    """Record an answer about a seat or a meeting that is over; one that keeps what is over is cancelled once more.

    The calendar shows the meeting again, so it gets a cancellation with the next SEQUENCE, and its person is told why
    (guarantee G9). Where there is any `doubt` about the answer or its sender, nobody is told anything.
    """
    keeps = reply.method == "REPLY" and reply.partstat in (Partstat.ACCEPTED, Partstat.TENTATIVE)
    is_shown = thread.requested_at is not None and not thread.holds and thread.meeting.starts_at > now
    if not keeps or not is_shown or doubt:
        return Outcome.ENDED, "The place or the meeting is over."
    told = thread.notices.filter(kind=PLACE_GONE.name)
    if not told.filter(state=Notice.State.QUEUED).exists():
        if told.filter(created_at__gt=now - A_DAY).count() >= MOST_CANCELLATIONS:
            return Outcome.UNCLEAR, "It keeps a meeting again that its calendar was sent the cancellation of all day."
        facts = counts_of(thread.registration.session) | {"gone": _what_is_gone(thread, now)}
        Notice.objects.owe_calendar(PLACE_GONE, Notice.Method.CANCEL, thread, facts)
    if thread.registration.status == Registration.Status.WITHDRAWN:
        return Outcome.ENDED, "It accepts a place that was given up. Nobody is registered again by mail."
    return Outcome.ENDED, "It accepts a meeting that was cancelled. Its calendar is sent the cancellation again."


def _what_is_gone(thread: CalendarThread, now: datetime) -> str:
    """Return what has ended of an answered invitation, in the words that the mail about it knows."""
    registration = thread.registration
    if registration.is_registered:
        return "meeting"
    if registration.status == Registration.Status.SESSION_CANCELLED:
        return "session"
    if registration.moved_to_id:
        return "moved"
    return "rest" if registration.session.has_started(now) else "seat"


def _ask_to_confirm(reply: CalendarReply, registration: Registration, unproven: str, now: datetime) -> tuple[str, str]:
    """Record an answer whose sender is not proven. For a decline, the registered address may be sent a link.

    One link per registration and day, and one more for each invitation since the last link. A decline beyond that is
    for the office: it may be the person's, who cannot prove it.
    """
    is_decline = reply.method == "REPLY" and reply.partstat == Partstat.DECLINED
    if not is_decline or settings.REPLY_AUTHENTICATION != "link":
        return Outcome.UNPROVEN, unproven
    last = _answered(UNPROVEN, registration, now).order_by("pk").last()
    if last and not registration.notices.filter(method=Notice.Method.REQUEST, pk__gt=last.pk).exists():
        return Outcome.UNCLEAR, f"{unproven} The registered address was sent a link to confirm that day, and no second."
    _owe_answer(UNPROVEN, registration, now)
    return Outcome.UNPROVEN, f"{unproven} The registered address was sent a link to confirm."


def _say_that_the_time_stands(registration: Registration, now: datetime) -> tuple[str, str]:
    """Tell a person whose calendar proposes another time, once a day, that an answer changes no time.

    Marks of automatic mail do not count: some calendars write them though a person has pressed the button.
    """
    if _answered(TIME_STANDS, registration, now).exists():
        return Outcome.UNCLEAR, "It proposes another time. Nothing was changed, and its person was told so that day."
    _owe_answer(TIME_STANDS, registration, now)
    return Outcome.UNCLEAR, "It proposes another time. Nothing was changed, and its person is told so."


def _repeat(mail: IncomingMail, thread: CalendarThread, now: datetime) -> tuple[str, str]:
    """Send the invitation again, once a day, to a person whose calendar asks for it (RFC 5546 section 3.2.6)."""
    if mail.is_automatic or thread.notices.filter(kind=AGAIN.name, created_at__gt=now - A_DAY).exists():
        return Outcome.IGNORED, "It asks for the invitation again, and was not answered a second time that day."
    try:
        thread.send_again(by=thread.registration.person, now=now)
    except CalendarThread.Refused as refusal:
        return Outcome.ENDED, str(refusal)
    return Outcome.REPEATED, "It asked for the invitation again."


def _answered(kind: Kind, registration: Registration, now: datetime) -> NoticeQuerySet:
    """Return the mail of `kind` that answered a mail about this registration within a day."""
    own = Notice.objects.filter(dedupe_key__startswith=f"{kind.name}:{registration.pk}::")
    return own.filter(created_at__gt=now - A_DAY)


def _owe_answer(kind: Kind, registration: Registration, now: datetime) -> None:
    # It has no registration, so that it is no news of one: anybody may provoke it, and it must supersede nothing.
    facts, person = counts_of(registration.session) | {"registration": registration.pk}, registration.person
    Notice.objects.owe_to(kind, f"{registration.pk}::{now:%Y%m%d%H%M%S%f}", person.email, person, facts)


# ---- what came back ----


def _mark_undeliverable(failed: FailedDelivery, now: datetime) -> tuple[str, str]:
    """Mark the Notice that could not be delivered: the one whose Message-ID, known to its reader alone, is in the mail.

    The address that failed may be the mailbox behind an alias, so it is not compared.
    """
    for message_id in failed.message_ids:
        ours = Notice.objects.filter(message_id=message_id).first()
        if ours and ours.bounce(failed.words, now):
            return Outcome.RETURNED, "The message it names is marked as undeliverable."
    return Outcome.IGNORED, "It names no message of ours that was not marked before."
