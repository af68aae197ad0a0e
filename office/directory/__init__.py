"""The school's directory in the admin: a table is shown first and then taken in, and what it leaves for the office."""

from office.directory import questions  # noqa: F401
