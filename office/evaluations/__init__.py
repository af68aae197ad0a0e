"""Evaluations in the admin: what is asked, how many answered, and once one is closed what they said."""

from office.evaluations import page  # noqa: F401
