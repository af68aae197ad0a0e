"""A season of dates put up at one press, undone at one press, and the days on which nothing is held."""

from office.season import days_off, imports  # noqa: F401
