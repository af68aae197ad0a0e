"""Which tables public pages show: each app names its own when Django starts."""

from django.db import models

# What pages read and nothing but a migration writes.
CONSTANT = {"django_content_type"}

_watched: set[str] = set()


def watch(*watched: type[models.Model]) -> None:
    """Have each write to the tables of these models, and of their relations to many, raise the number."""
    for model in watched:
        _watched.add(model._meta.db_table)
        _watched.update(field.m2m_db_table() for field in model._meta.local_many_to_many)


def watched() -> list[str]:
    """Return the names of all watched tables."""
    return sorted(_watched)


def are_watched(tables: set[str]) -> bool:
    """Tell whether what was made from `tables` is right for as long as the number stands still."""
    return tables <= _watched | CONSTANT
