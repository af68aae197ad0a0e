"""A mail of every kind, written as it is sent, about the rows of every_noun, to each of its readers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import AddressChange, Person
from accounts.models.address_change import Links
from devtools.testing.contents import words_in
from notifications.calendars.leading import leading_snapshot
from notifications.kinds import KINDS, account, addresses
from notifications.models import Announcement, CalendarThread, Decline, LeadingThread, Notice, counts_of
from notifications.models.kind import Carries, Kind
from notifications.outbox.compose import write_mail
from outcomes.models import AttendanceDispute, Certificate, OutsideActivity
from registrations.models import Accommodation, Call, Interest, MergeOffer, Nomination, Registration
from sessions_app.models import Leading, SessionRequest

# Who reads a kind, where it is not the person of a registration.
TO_THE_OFFICE = {"undecided", "digest", "request_asked", "leading_declined", "no_link"}
TO_WHO_LEADS = {
    *("leading_asked", "leading_confirmed", "leading_changed", "leading_ended", "announced_copy"),
}
# What somebody is owed who waits for a seat.
TO_WHO_WAITS = {
    *("waitlisted", "seat_opened", "waitlist_closed", "at_risk", "room_left"),
    *("changed", "extended", "announced", "cancelled", "withdrawn"),
}
# Written when they are owed, by what is asked or done.
ACCOUNT = {kind.name for kind in KINDS.values() if kind.is_secret}


def letters(registration: Registration, fellow: Registration, now: datetime) -> Iterator[tuple[str, str, str]]:
    """Yield kind, address and everything that is written of each mail: headers, text, HTML, calendar.

    Mail about a registration is written to its person, and to the fellow who waits in the same session.
    """
    owner = Person.objects.get(pk=registration.person_id)
    SessionRequest.objects.update(status="scheduled", session=registration.session, ended_at=now)
    own, waits = Registration.objects.get(pk=registration.pk), Registration.objects.get(pk=fellow.pk)
    for kind in KINDS.values():
        if kind.name in ACCOUNT:
            continue
        for each in [own, waits] if kind.name in TO_WHO_WAITS else [own]:
            yield _told(_written(kind, each, now))
    first = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    _owe_account_mail(owner, own, now)
    for notice in Notice.objects.filter(pk__gt=first, kind__in=ACCOUNT).order_by("pk"):
        yield _told(notice)


def _written(kind: Kind, about: Registration, now: datetime) -> Notice:
    reader: Person | None = about.person
    if kind.name in TO_THE_OFFICE:
        reader = None
    elif kind.name in TO_WHO_LEADS:
        reader = Leading.objects.get(session=about.session_id).facilitator.person
    notice = Notice(
        kind=kind.name,
        to=reader.email if reader else settings.OFFICE_EMAIL,
        person=reader,
        registration=about,
        facts=_facts(kind, about, now),
        dedupe_key=f"letter:{kind.name}:{about.pk}",
    )
    thread = CalendarThread.objects.filter(registration=about).first()
    if kind.carries is not Carries.NOTHING and thread:
        notice.thread, notice.method, notice.sequence = thread, kind.carries.value, 1
        if "known" in notice.facts:  # of one meeting
            notice.facts["known"] = notice.facts["known"][0]
    notice.save()
    return notice


def _facts(kind: Kind, about: Registration, now: datetime) -> dict[str, Any]:
    """Return what a Notice may have noted: the keys of all rows, and what the words of answers are copied from."""
    session, meeting = about.session, about.session.meetings.get()
    leading, request = Leading.objects.get(session=session), SessionRequest.objects.get()
    activity, dispute = OutsideActivity.objects.get(), AttendanceDispute.objects.get()
    facts = counts_of(session) | {
        "request": request.pk,
        "nomination": Nomination.objects.earliest("pk").pk,
        "interest": Interest.objects.get().pk,
        "dated": session.pk,
        "thread": LeadingThread.objects.filter(leading=leading).earliest("pk").pk,
        "leading": leading.pk,
        "offer": MergeOffer.objects.get().pk,
        "called": Call.objects.get().pk,
        "asked": session.pk,
        "room_in": session.pk,
        "held": session.pk,
        "linkless": session.pk,
        "meeting": meeting.pk,
        "starts_at": meeting.starts_at.isoformat(),
        "announcement": Announcement.objects.get().pk,
        "certificate": Certificate.objects.get().pk,
        "dispute": dispute.pk,
        "activity": activity.pk,
        "decline": Decline.objects.get().pk,
        "declined": meeting.pk,
        "registration": about.pk,
        "was": (now - timedelta(days=1)).isoformat(),
        "at": now.isoformat(),
        "is_withdrawn": False,
        "place": 1,
        "carries": "REQUEST",
        "sequence": 0,
        "uid": "leading@example.edu",
        "says": leading_snapshot(leading, meeting, session.part_numbers()),
    }
    if kind.example:
        facts |= kind.example.facts(session)
    words = {"request_answered": ("answer", request.answer), "request_declined": ("reason", request.decline_reason)}
    words["attendance_decided"] = ("answer", dispute.answer)
    return facts | dict([words[kind.name]] if kind.name in words else [])


def _owe_account_mail(owner: Person, own: Registration, now: datetime) -> None:
    """Owe every mail of those that are written at once."""
    asked, change = Accommodation.objects.get(), AddressChange.objects.get()
    account.owe_code(owner.email, "canarycode", 900)
    account.owe_account_news(owner.email, "A second step was set up.")
    asked.asked_at = asked.answered_at = now + timedelta(seconds=1)
    account.owe_access_request(asked)
    account.owe_access_answer(asked)
    Notice.objects.filter(kind__in=("address_old", "address_new")).delete()
    addresses.owe_questions(change, Links("old", "new"))
    addresses.owe_news(owner, "before@example.edu", is_vouched_for=True)
    account.owe_farewell(owner, "You asked to be erased.", now)


def _told(notice: Notice) -> tuple[str, str, str]:
    mail = write_mail(notice)
    calendar = words_in(mail["calendar"])
    said = (mail["recipient"], mail["sender"], mail["subject"], mail["text"], mail["html"], calendar)
    return notice.kind, notice.to, "\n".join(map(str, said))
