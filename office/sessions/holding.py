"""The pages that hold a published session in another format: online, in a room, or both, with everybody in it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from accounts.models import Person
from catalog.models import Format
from foundation import database_clock
from notifications.outbox.foreseeing import CALLED, NOMINATED, Foreseen, foresee
from office.base import MOST
from office.consequences import people_words
from office.sessions.changes import TOLD, MeetingsForm
from office.sessions.fields import PlaceFields
from office.sessions.foreseen import ForeseeingForm
from registrations.models import Registration
from sessions_app.concerns import of_the_places
from sessions_app.models import Held, Meeting, Mode, Place, Session

LINK_TO_COME = "the link you enter"


class LinkFields(PlaceFields):
    """The link of a meeting that is held online alone."""

    venue = None  # type: ignore[assignment] # takes the field away, as Django reads it


class RoomFields(PlaceFields):
    """The room of a meeting that is held there alone."""

    join_link = None  # type: ignore[assignment] # as above


class HoldForm(ForeseeingForm, MeetingsForm[PlaceFields]):
    """How the session is to be held: it is foreseen who is told what, and done once somebody said yes to that."""

    page = "sessions/holding"
    format: ClassVar[str]
    # Whether it can be said who is told what before anything was typed.
    is_known: ClassVar[bool] = False

    capacity = forms.IntegerField(required=False, min_value=1, max_value=MOST)

    def __init__(self, data: QueryDict | None = None, *, session: Session, reader: Person, **kwargs: Any) -> None:
        super().__init__(data, session=session, reader=reader, **kwargs)
        if "capacity" in self.fields:
            self.fields["capacity"].help_text = f"Blank: {self._kept_capacity()}."
        if self.is_known and not self.is_bound and self.meetings:
            self._look_ahead(self._held([Place(None, one.join_link or LINK_TO_COME) for one in self.meetings], {}))

    def _kept_capacity(self) -> int:
        return self.session.capacity

    def initial_of(self, meeting: Meeting) -> dict:
        shown = {"venue": meeting.venue_id, "join_link": meeting.join_link}
        return {name: shown[name] for name in self.fields_class.base_fields}

    def explanation(self) -> str:
        if not self.meetings:
            return super().explanation()
        return f"Everybody who is registered or waits stays. {TOLD}"

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.errors or not all(fields.is_valid() for fields in self.each):
            return self.cleaned_data
        try:
            self._look_ahead(self.held())
        except Session.Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        self.refuse_unless_agreed()
        return self.cleaned_data

    def held(self) -> Held:
        """Return how the session is to be held, from what was typed."""
        places = [Place(one.cleaned_data.get("venue"), one.cleaned_data.get("join_link", "")) for one in self.each]
        return self._held(places, self.cleaned_data)

    def _held(self, places: Iterable[Place], typed: dict[str, Any]) -> Held:
        sizes = {name: typed.get(field) for name, field in SIZES.items()}
        return Held(self.format, dict(zip(self.meetings, places, strict=True)), **sizes)

    def _look_ahead(self, held: Held) -> None:
        """Find out what holding the session so does. Raises Session.Refused where it cannot be held so."""
        now = database_clock.now()
        session = Session.objects.in_full().get(pk=self.session.pk)
        after = session.held_as(held, now)
        self.foreseen = [(told_words(one), one.mail) for one in foresee(session, after, self.reader, now)]
        self.told = [*of_the_seats(session, after, now), *self._of_the_places(after, held)]
        # Another link is the same mail with that link in it; none is another mail.
        places = [(one.pk, place.venue and place.venue.pk, bool(place.join_link)) for one, place in held.places.items()]
        self.agree_to(self.format, *places, after.capacity, after.room_capacity, after.online_capacity)

    def _of_the_places(self, after: Session, held: Held) -> list[str]:
        """Return what speaks against the places. The rooms that the session has already are not held against it."""
        said = []
        if self.format != Format.IN_PERSON and not all(place.join_link for place in held.places.values()):
            said.append("There is no link to join yet: people read that it comes by mail once there is one.")
        return said + of_the_places(after, [one for one in after.held_meetings if one in held.places])

    def act(self, by: Person) -> str:
        self.session.hold_as(self.held(), by=by)
        return f"Changed: it is held {self.session.get_format_display().lower()}, and everybody is still in it."


SIZES = {"capacity": "capacity", "room": "room_capacity", "online": "online_capacity"}


class HoldOnlineForm(HoldForm):
    title, button = "Hold it online", "Hold it online and write to everyone"
    format, fields_class, is_known = Format.ONLINE.value, LinkFields, True


class HoldInRoomForm(HoldForm):
    title, button = "Hold it in a room", "Hold it in a room and write to everyone"
    format, fields_class = Format.IN_PERSON.value, RoomFields

    def _kept_capacity(self) -> int:
        return self.session.room_capacity or self.session.capacity


class HoldBothForm(HoldForm):
    title, button = "Hold it in a room and online", "Hold it in both and write to everyone"
    format, fields_class = Format.HYBRID.value, PlaceFields

    capacity = None  # type: ignore[assignment] # it is the sum of both
    room_capacity = forms.IntegerField(label="Seats in the room", min_value=1, max_value=MOST)
    online_capacity = forms.IntegerField(label="Seats online", min_value=1, max_value=MOST)


HOLDING = {"hold-online": HoldOnlineForm, "hold-in-room": HoldInRoomForm, "hold-both": HoldBothForm}


# ---- sentences ----


def told_words(one: Foreseen) -> str:
    """Return who gets the mail, or does not, with their number."""
    people = people_words(one.people)
    if one.mail is None:
        return f"Nothing differs for {people} {STANDING[one.standing, one.mode]}: no mail to them."
    if one.mails > 1:
        return f"To {people} {STANDING[one.standing, one.mode]}, one like this for each of {one.mails} meetings"
    return f"To {people} {STANDING[one.standing, one.mode]}"


STANDING: dict[tuple[str, str], str] = {
    (Registration.Status.REGISTERED, ""): "with a seat",
    (Registration.Status.REGISTERED, Mode.ROOM): "with a seat in the room",
    (Registration.Status.REGISTERED, Mode.ONLINE): "with a seat online",
    (Registration.Status.WAITLISTED, ""): "on the waitlist",
    (Registration.Status.WAITLISTED, Mode.ROOM): "on the waitlist for the room",
    (Registration.Status.WAITLISTED, Mode.ONLINE): "on the waitlist for online",
    (NOMINATED, ""): "who could still accept a proposal",
    (CALLED, ""): "whom you asked to come, and who have not registered",
}


def of_the_seats(session: Session, after: Session, now: datetime) -> list[str]:
    """Return what becomes of the seats: nobody loses one, and what is free goes to people who wait."""
    said = []
    taken, capacity = session.seats_taken, after.capacity
    if session.asks_how and after.format == Format.ONLINE:
        said.append(f"Seats in the room that become seats online: {session.room_taken}.")
    if session.asks_how and after.format == Format.IN_PERSON:
        said.append(f"Seats online that become seats in the room: {session.online_taken}.")
    if after.asks_how and session.format == Format.ONLINE:
        said.append("People who are registered stay online; they may switch while there are seats in the room.")
    if after.asks_how and session.format == Format.IN_PERSON:
        said.append("People who are registered keep a chair; they may switch while there are seats online.")
    if not after.asks_how:
        said.append(f"{taken} of {capacity} seats are taken then, before {taken} of {session.capacity}.")
    free = sum(min(after.waiting_in(line), after.seats_left_in(line)) for line in after.lines)
    if free and not after.is_in_last_day(now):
        said.append(f"Free seats that go to people who wait, who are told that instead: {free}.")
    return said
