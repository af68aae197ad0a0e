"""What facilitators are asked and answer, in the admin."""

from office.leading import page  # noqa: F401
