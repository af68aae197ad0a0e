"""How many seats a session has, in words: as a whole, or in the room and online."""

from sessions_app.models import Mode, Session


def seats_words(many: int) -> str:
    """“One seat”, “12 seats”, with a small letter."""
    return "one seat" if many == 1 else f"{many} seats"


def capacity_words(session: Session) -> str:
    """“24”, or “12 in the room, 12 online”, with what is left of each while people may register."""
    if not session.asks_how:
        return str(session.capacity)
    return f"{session.room_capacity} in the room, {session.online_capacity} online"


def left_in_each(session: Session) -> str:
    """“3 of 12 seats left in the room, 12 of 12 online.”, or “The room is full. 12 of 12 seats left online.”"""
    where = left_where(session)
    if where == " online":
        return f"The room is full. {session.seats_left_in(Mode.ONLINE)} of {session.online_capacity} seats left online."
    if where:
        left = session.seats_left_in(Mode.ROOM)
        return f"Online is full. {left} of {session.room_capacity} seats left in the room."
    room, online = (f"{session.seats_left_in(mode)} of {session.capacity_in(mode)}" for mode in Mode)
    return f"{room} seats left in the room, {online} online."


def left_where(session: Session) -> str:
    """“ online” or “ in the room” where seats are left of one mode only, otherwise "": said after how many are left."""
    if not session.asks_how:
        return ""
    free = [mode for mode in Mode if session.seats_left_in(mode) and not session.waiting_in(mode)]
    if len(free) != 1:
        return ""
    return " online" if free[0] == Mode.ONLINE else " in the room"
