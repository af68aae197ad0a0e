"""Sessions in the admin: the list, the form of a draft, and a page per decision."""

from office.sessions.page import SessionAdmin

__all__ = ["SessionAdmin"]
