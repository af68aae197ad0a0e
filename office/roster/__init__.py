"""Who comes, in the admin: the roster of a session, and what the office does for the people on it."""

from office.roster import page, readings  # noqa: F401 (register their pages)
