"""Attendance from outside in the admin: a report or a list for one meeting, and what it leaves to decide."""
