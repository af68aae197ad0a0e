"""What is taught, in the admin: each module registers its pages."""

from office.catalog import facilitators, topics, workshops  # noqa: F401
