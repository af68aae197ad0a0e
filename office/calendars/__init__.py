"""The calendar of a room, and of a facilitator: month by month, with what clashes, days off, and what is still free."""
