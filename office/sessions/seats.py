"""How the office types the seats of a session that is online and in person: so many in the room, so many online."""

from collections.abc import Iterable
from typing import Any

from django import forms

from catalog.models import Format
from sessions_app.models import Venue

NAMES = ("room_capacity", "online_capacity")
HELP = {
    "room_capacity": "Of a session online and in person. Blank: what the venue holds.",
    "online_capacity": "Of a session online and in person. Blank: what the room leaves of the capacity.",
}
MISSING = {
    "room_capacity": "Say how many seats there are in the room.",
    "online_capacity": "Say how many people can take part online.",
}


class ModeSeatsForm(forms.BaseForm):
    """The part of a form that asks for the seats of each mode, beside the capacity, which is their sum."""

    cleaned_data: dict[str, Any]

    def clean_seats(self, format: str, venues: Iterable[Venue]) -> None:
        """Work out the seats of each mode where the session is of that `format`, and leave both empty where it is not.

        The room holds what the smallest of `venues` does, unless the office says less. Of room, online and capacity
        two tell the third.
        """
        cleaned = self.cleaned_data
        if format != Format.HYBRID:
            cleaned.update(dict.fromkeys(NAMES))
            return
        for name in NAMES:
            if cleaned.get(name) == 0:
                self.add_error(name, "Enter one seat or more, or choose a format of one kind.")
        if self.errors.keys() & {*NAMES, "capacity"}:
            return
        smallest = min((venue for venue in venues if venue.capacity), key=lambda venue: venue.capacity, default=None)
        seats, capacity = {name: cleaned.get(name) for name in NAMES}, cleaned.get("capacity")
        for name, other in (NAMES, NAMES[::-1]):
            if not seats[name] and name == "room_capacity" and smallest:
                seats[name] = smallest.capacity
            elif not seats[name] and seats[other] and capacity and capacity > seats[other]:
                seats[name] = capacity - seats[other]
        for name in NAMES:
            if not seats[name]:
                self.add_error(name, MISSING[name])
        if not all(seats.values()):
            return
        if smallest and seats["room_capacity"] > smallest.capacity:
            self.add_error(
                "room_capacity", f"{smallest} holds {smallest.capacity}. Enter {smallest.capacity} or fewer."
            )
        self._refuse_another_sum(seats["room_capacity"], seats["online_capacity"])
        cleaned.update(seats, capacity=sum(seats.values()))

    def _refuse_another_sum(self, room: int, online: int) -> None:
        if "capacity" in self.changed_data and self.cleaned_data.get("capacity") not in (None, room + online):
            self.add_error(
                "capacity",
                f"{room} seats in the room and {online} online make a capacity of {room + online}. Leave it blank.",
            )
