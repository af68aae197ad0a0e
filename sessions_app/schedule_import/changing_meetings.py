"""What a row changes of the meetings after the first: which of them move, are added, and are held no more."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.models import Format
from foundation.dates import short_day, time_span
from sessions_app.models import Meeting, MeetingPlan, Place, Times, Venue

# What people are told of a meeting that a corrected file does not have any more.
TAKEN_OUT = "The schedule has changed."


@dataclass(frozen=True)
class WishedMeeting:
    """A meeting as a row has it. None where the row does not say the place.

    A meeting that is there stays where it is then, and one that is added is where the first one is.
    """

    times: Times
    venue: Venue | None = None
    join_link: str | None = None


@dataclass
class Further:
    """What is to be different of the meetings after the first. False where nothing is."""

    moved: dict[Meeting, Times] = field(default_factory=dict)
    placed: dict[Meeting, Place] = field(default_factory=dict)
    added: list[MeetingPlan] = field(default_factory=list)
    dropped: list[Meeting] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.moved or self.placed or self.added or self.dropped)

    def sentences(self) -> list[str]:
        """Return what changes, a sentence each."""
        said = [f"A meeting moves to {_words(times)}: it was {meeting}." for meeting, times in self.moved.items()]
        said += [
            f"The place of the meeting on {meeting} changes to {place_words(place)}: it was "
            f"{place_words(meeting.place)}."
            for meeting, place in self.placed.items()
        ]
        said += [f"A meeting is added: {_words(plan)}." for plan in self.added]
        return said + [f"The meeting on {meeting} is held no more." for meeting in self.dropped]


def further_change(
    there: Sequence[Meeting], wished: Sequence[WishedMeeting] | None, first: Place, format: str | None
) -> Further:
    """Return what `wished` changes of the meetings `there`, both after the first one and in the order of time.

    A meeting stays the one at its times; of what is left the first is moved to the first, and so on. None `wished`
    leaves their number and times. `first` is where the first meeting is to be, `format` another one of the session.
    """
    change = Further()
    if wished is None:
        places = {meeting: place_of(meeting.place, None, None, format) for meeting in there}
        change.placed = {meeting: place for meeting, place in places.items() if place != meeting.place}
        return change
    at_its_times = {(one.starts_at, one.ends_at): one for one in there}
    pairs: list[tuple[Meeting, WishedMeeting]] = []
    rest: list[WishedMeeting] = []
    for wish in wished:
        same = at_its_times.pop((wish.times.starts_at, wish.times.ends_at), None)
        if same:
            pairs.append((same, wish))
        else:
            rest.append(wish)
    left = [one for one in there if (one.starts_at, one.ends_at) in at_its_times]
    for meeting, wish in zip(left, rest, strict=False):
        change.moved[meeting] = wish.times
        pairs.append((meeting, wish))
    for meeting, wish in pairs:
        place = place_of(meeting.place, wish.venue, wish.join_link, format)
        if format:
            # What its format takes away, or asks for and it never had, is as with the first meeting.
            place = place_of(first, place.venue, place.join_link or None, format)
        if place != meeting.place:
            change.placed[meeting] = place
    for wish in rest[len(left) :]:
        place = place_of(first, wish.venue, wish.join_link, format)
        change.added.append(MeetingPlan(**vars(wish.times), **vars(place)))
    change.dropped = left[len(rest) :]
    return change


def place_of(place: Place, venue: Venue | None, join_link: str | None, format: str | None) -> Place:
    """Return where a meeting at `place` is to be, by what is said of it and by another `format` of its session.

    None of these says nothing. What is held online keeps no room, and what is held in a room no link.
    """
    if venue is None and format != Format.ONLINE:
        venue = place.venue
    if join_link is None:
        join_link = "" if format == Format.IN_PERSON else place.join_link
    return Place(venue, join_link)


def place_words(place: Place) -> str:
    """Return a place as the preview says it."""
    return place.venue.words if place.venue else place.join_link or "online"


def _words(times: Times | MeetingPlan) -> str:
    span = time_span(times.starts_at, times.ends_at, times.time_zone)
    return f"{short_day(times.starts_at, times.time_zone, 0)}, {span}"
