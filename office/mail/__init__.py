"""Mail in the admin: what was sent and what came back, each calendar’s newest entry, and the office’s own words."""

from office.mail import feeds, invitations, notices, received, wordings

__all__ = ["feeds", "invitations", "notices", "received", "wordings"]
