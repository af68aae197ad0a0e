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
        known = [(venue.capacity, venue) for venue in venues if venue.capacity]
        holds, smallest = min(known, key=lambda pair: pair[0], default=(0, None))
        room, online, capacity = (cleaned.get(name) or 0 for name in (*NAMES, "capacity"))
        room = room or holds or max(0, capacity - online if online else 0)
        online = online or max(0, capacity - room if room else 0)
        for name, many in zip(NAMES, (room, online), strict=True):
            if not many:
                self.add_error(name, MISSING[name])
        if not (room and online):
            return
        if smallest and room > holds:
            self.add_error("room_capacity", f"{smallest} holds {holds}. Enter {holds} or fewer.")
        self._refuse_another_sum(room, online)
        cleaned.update(room_capacity=room, online_capacity=online, capacity=room + online)

    def _refuse_another_sum(self, room: int, online: int) -> None:
        if "capacity" in self.changed_data and self.cleaned_data.get("capacity") not in (None, room + online):
            self.add_error(
                "capacity",
                f"{room} seats in the room and {online} online make a capacity of {room + online}. Leave it blank.",
            )
