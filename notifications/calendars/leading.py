"""What the calendar of somebody who leads a session shows of one meeting: the snapshot, the invitation, the feed.

A facilitator has the time in their calendar from the moment they are asked: as not confirmed, until the session is.
They read every place and every link, for they are in the room and see to the people online.
"""

from datetime import datetime

from django.db.models import Q

from accounts.models import Person
from foundation.links import absolute
from foundation.values.zones import zone_of
from notifications.calendars.feeds import KEEP_CANCELLED, LOOK_BACK, Parts, Records, each_alone, status_of
from notifications.calendars.invitations import office
from notifications.calendars.snapshots import Snapshot, instant_in, place_words, when_and_where
from notifications.calendars.writing import Entry, Invitation, Mailbox
from notifications.models import LeadingThread, Notice
from registrations.display.titles import DISCREET_TITLE
from registrations.models import Registration
from sessions_app.models import Leading, Meeting, Session
from sessions_app.models.leading_keys import path_of_leading
from sessions_app.models.numbering import Numbered

CONFIRMED, TENTATIVE = "CONFIRMED", "TENTATIVE"


def leading_snapshot(leading: Leading, meeting: Meeting, numbers: dict[int, Numbered]) -> Snapshot:
    """Return what the facilitator of `leading` is told of `meeting`; `numbers` are the session's `part_numbers`."""
    session, part = leading.session, numbers[meeting.pk]
    others = [one.byline for one in session.led_by if one.pk != leading.facilitator_id]
    return when_and_where(meeting, session.format) | {
        "title": session.workshop.title,
        "part": part.number,
        "parts": part.of,
        "part_title": part.title,
        "join_link": meeting.join_link,
        "facilitators": others,
        "status": CONFIRMED if session.is_confirmed else TENTATIVE,
    }


def summary_of(title: str, person: Person | None) -> str:
    """Return what the calendar calls it: marked as leading, and neutral for a person who chose neutral titles."""
    return f"Leading: {DISCREET_TITLE if person and person.discreet_titles else title}"


def invitation_to_lead(notice: Notice, thread: LeadingThread, at: datetime) -> Invitation:
    """Return the plain values of the VEVENT of a Notice to a facilitator, as its facts say; `at` is its DTSTAMP."""
    facts, person = notice.facts, notice.person
    shown = facts["says"]
    return Invitation(
        uid=facts["uid"],
        sequence=facts["sequence"],
        stamp=at,
        starts_at=instant_in(shown, "starts_at"),
        ends_at=instant_in(shown, "ends_at"),
        time_zone=zone_of(shown["time_zone"]).key,
        summary=summary_of(shown["title"], person),
        description=f"You lead this session: {absolute(path_of_leading(thread.leading))}",
        location=shown["place"],
        status=shown["status"],
        organizer=office(),
        attendee=Mailbox(person.name if person else thread.leading.facilitator.name, notice.to),
        # Their answer is given on the page of the mail, and nowhere else.
        rsvp=False,
        part=shown["part"],
        parts=shown["parts"],
        part_title="" if person and person.discreet_titles else shown["part_title"],
        join_link=shown["join_link"],
    )


def entries_led_by(person: Person, now: datetime) -> list[Entry]:
    """Return the entries of the sessions that `person` leads, for their private feed, as `entries_for` does of seats.

    What they have a seat in too is listed once: as their seat is. Five queries, however many there are; one for people
    who lead nothing.
    """
    since = now - KEEP_CANCELLED
    leads = Q(leading__ended_at=None) & Q(meeting__cancelled_at=None)
    is_held = Q(leading__session__status__in=[*Session.RUNNING, Session.Status.COMPLETED])
    struck = Q(sequence__isnull=False)
    is_off = Q(leading__session__cancelled_at__gt=since) | Q(meeting__cancelled_at__gt=since)
    own = LeadingThread.objects.filter(leading__facilitator__person=person, meeting__ends_at__gt=now - LOOK_BACK)
    own = own.filter(leads & is_held | Q(leading__ended_at=None) & struck & is_off)
    seats = person.registrations.filter(status=Registration.Status.REGISTERED).order_by().values("session")
    threads = list(
        own.exclude(leading__session__in=seats)
        .select_related("leading__session__workshop", "leading__facilitator__person", "meeting__venue__campus")
        .prefetch_related("leading__session__facilitators")
        .order_by("meeting__starts_at", "pk")
    )
    if not threads:
        return []
    for thread in threads:
        thread.meeting.session = thread.leading.session
    parts, records = Parts(one.meeting for one in threads), Records(one.meeting for one in threads)

    def entry_of(thread: LeadingThread) -> Entry:
        meeting, part, status = thread.meeting, parts.of(thread.meeting), status_of(thread.meeting)
        return Entry(
            uid=thread.uid,
            sequence=thread.sequence or 0,
            stamp=records.last_change(meeting, thread.leading.asked_at),
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            time_zone=zone_of(meeting.time_zone).key,
            summary=summary_of(meeting.session.workshop.title, person),
            description=f"You lead this session: {absolute(path_of_leading(thread.leading))}",
            location=place_words(meeting, meeting.session.format),
            status=status,
            busy=status != "CANCELLED",
            part=part.number,
            parts=part.of,
            part_title="" if person.discreet_titles else part.title,
            join_link=meeting.join_link if status != "CANCELLED" else "",
        )

    return each_alone(threads, entry_of)
