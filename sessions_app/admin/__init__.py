"""Sessions and venues in the admin: one form to schedule, one page per decision."""

from sessions_app.admin.sessions import SessionAdmin
from sessions_app.admin.venues import VenueAdmin

__all__ = ["SessionAdmin", "VenueAdmin"]
