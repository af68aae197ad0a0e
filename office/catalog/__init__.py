"""What is taught, in the admin: each module registers its pages."""

from office.catalog import facilitators, page_texts, programs, topics, workshops  # noqa: F401
