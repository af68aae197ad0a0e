"""When and where: a season of dates put up and undone at one press, days without sessions, and venues."""

from office.season import days_off, imports, venues  # noqa: F401
