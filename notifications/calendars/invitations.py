"""Put together the invitation that a Notice carries, and the words of an entry in one person's calendar."""

from datetime import datetime

from django.conf import settings

from accounts.models import Person
from foundation.links import absolute
from foundation.values.zones import zone_of
from notifications.calendars.snapshots import instant_in, snapshot_of
from notifications.calendars.writing import Invitation, Mailbox
from notifications.models import Notice
from registrations.display.titles import DISCREET_TITLE
from registrations.models import Registration
from sessions_app.models import Session
from sessions_app.models.numbering import Numbered


def office() -> Mailbox:
    """Return the From of every mail and the ORGANIZER of every invitation: one constant address (calendar.md 5.3)."""
    return Mailbox(settings.OFFICE_NAME, settings.OFFICE_EMAIL)


def invitation_of(notice: Notice, at: datetime) -> Invitation:
    """Return the plain values of the VEVENT of a Notice, with `at` as its DTSTAMP.

    A request has the values noted at its claim, a cancellation those that the calendar shows.
    """
    assert notice.sequence is not None
    registration, thread = notice.registration, notice.thread
    shown = notice.facts.get("says") or thread.shown or snapshot_of(registration, thread.meeting)
    # A title that was hidden before or is hidden now stays hidden in what ends the entry.
    is_neutral = shown.get("neutral", False) or registration.person.discreet_titles
    return Invitation(
        uid=thread.uid,
        sequence=notice.sequence,
        stamp=at,
        starts_at=instant_in(shown, "starts_at"),
        ends_at=instant_in(shown, "ends_at"),
        time_zone=zone_of(shown["time_zone"]).key,
        summary=DISCREET_TITLE if is_neutral else shown["title"],
        description=description_for(registration, [] if is_neutral else shown["facilitators"]),
        location=shown["place"],
        organizer=office(),
        attendee=Mailbox(registration.person.name, notice.to),
        rsvp=bool(settings.REPLY_MAILBOX_URL),
        partstat=thread.partstat,
        part=shown["part"],
        parts=shown["parts"],
        part_title="" if is_neutral else shown.get("part_title", ""),
        join_link=shown["join_link"],
    )


def part_title_for(person: Person, part: Numbered) -> str:
    """Return what calendars call the part of the workshop; "" for a person who chose a neutral title."""
    return "" if person.discreet_titles else part.title


def summary_for(person: Person, session: Session) -> str:
    """Return what calendars call the session: its title, or a neutral one for a person who chose that."""
    return DISCREET_TITLE if person.discreet_titles else session.workshop.title


def description_for(registration: Registration, facilitators: list[str] | None = None) -> str:
    """Return the notes of a calendar entry: who leads it, unless the title is neutral, and a link.

    The link opens a page for its owner alone; it is no key. `facilitators` are bylines, where the caller has them.
    """
    if facilitators is None:
        facilitators = [one.byline for one in registration.session.led_by]
    led = f"With {', '.join(facilitators)}" if facilitators and not registration.person.discreet_titles else ""
    return f"{led}\nYour registration: {absolute(registration.get_absolute_url())}".strip()
