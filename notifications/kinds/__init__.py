"""Everything about each kind of mail: one module per family of mail, and the one table of all kinds, KINDS.

A module holds what is owed and when, what the templates may name, whether it is still true when it is sent, and its
kinds. `notifications/models/kind.py` says what a kind is. CONTRIBUTING.md has the recipe for a new one.
"""

from notifications.kinds import (
    account,
    addresses,
    afterwards,
    announcements,
    answers,
    at_risk,
    calling,
    certificates,
    changes,
    decisions,
    extensions,
    interests,
    leading,
    links,
    merging,
    nominations,
    pre_work,
    registrations,
    reminders,
    replies,
    requests,
)
from notifications.models.kind import KINDS

FAMILIES = (
    account,
    addresses,
    registrations,
    decisions,
    nominations,
    interests,
    requests,
    changes,
    leading,
    extensions,
    merging,
    replies,
    at_risk,
    calling,
    reminders,
    pre_work,
    links,
    afterwards,
    certificates,
    announcements,
    answers,
)
KINDS.update({kind.name: kind for family in FAMILIES for kind in family.KINDS})

__all__ = ["KINDS"]
