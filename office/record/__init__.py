"""People's records in the admin: what is asked of them, what they took elsewhere, and what is handed on of it."""

from office.record import exports, outside, requirements

__all__ = ["exports", "outside", "requirements"]
