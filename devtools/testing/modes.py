"""People in a session online and in person, and how it counts them."""

from registrations.models import Registration
from sessions_app.models import Mode, Session

ROOM, ONLINE = Mode.ROOM, Mode.ONLINE
SEATED_IN_ROOM, SEATED_ONLINE = ("registered", ROOM), ("registered", ONLINE)
WAITS_FOR_ROOM, WAITS_FOR_ONLINE = ("waitlisted", ROOM), ("waitlisted", ONLINE)


def join(session, *crowd, mode=ROOM) -> list[Registration]:
    """Register these people, in this order."""
    return [Registration.objects.register(person, session, mode=mode) for person in crowd]


def statuses(*registrations) -> list[tuple[str, str]]:
    """Return the status and the mode of each, as they are by now."""
    fresh = Registration.objects.in_bulk([one.pk for one in registrations])
    return [(fresh[one.pk].status, fresh[one.pk].mode) for one in registrations]


def counters(session) -> tuple:
    """Return how many seats are taken and how many people wait, of each mode. Fails if they do not add up."""
    fresh = Session.objects.get(pk=session.pk)
    both = [(fresh.taken_in(mode), fresh.waiting_in(mode)) for mode in (ROOM, ONLINE)]
    assert (fresh.seats_taken, fresh.waiting_count) == tuple(map(sum, zip(*both, strict=True)))
    return tuple(both)
