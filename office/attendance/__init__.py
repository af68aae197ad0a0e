"""Attendance in the admin: the tick list of each meeting, and what people say is wrong."""

from office.attendance import disputes, sheets

__all__ = ["disputes", "sheets"]
