"""Canaries: words that stand in what is private, who may read each, and which of them a text tells (G12).

Each private column has one of its own, made from its name (private_columns.py); a few more stand in rows that are
private, or that others have.
"""

import re

from devtools.testing.private_columns import OFFICE, private_columns
from devtools.testing.signing_in import APP_SECRET


def canary_of(column: str) -> str:
    """Return the word that stands in a private column: “CANARYpersonname” for accounts.Person.name."""
    _, model, name = column.split(".")
    return f"CANARY{model}{name.replace('_', '')}".lower()


_OFFICE = frozenset(OFFICE.split())
# Words of rows: who may read each.
ROWS = {
    "canarywaits": {"fellow", *_OFFICE},  # the name of the fellow
    "canarycode": frozenset(),  # a code to sign in
    "canarysecret": frozenset(),  # the subject of mail that belongs to its reader alone
    "canarydraft": _OFFICE,  # the title of a workshop that is a draft
    "canaryunreleased": _OFFICE,  # the title of a resource that is one
    "canarysheet": frozenset(),  # what somebody said in an evaluation that is open
    "canaryresult": _OFFICE,  # what five people said in one that has closed
}
CANARIES = {canary_of(column): readers for column, readers in private_columns().items()} | ROWS
# What anybody reads who has the address of a page, which only its person is given.
BY_LINK = {
    "calendar/<slug:token>.ics": {
        canary_of("sessions_app.Meeting.join_link"),
        canary_of("notifications.CalendarThread.uid"),
    },
    "accounts/address/<slug:token>/": {canary_of("accounts.AddressChange.new_address")},
}
# They have letters only, so that no way of writing changes them but small letters.
SEEN = re.compile("canary[a-z]+")
KEY_OF_THE_APP = APP_SECRET.lower()


def canaries_in(told: str) -> frozenset[str]:
    """Return the canaries that stand in a text, in whatever case."""
    small = told.lower()
    seen = set(SEEN.findall(small))
    found = (seen & CANARIES.keys()) | {one for word in seen - CANARIES.keys() for one in CANARIES if one in word}
    return frozenset(found) | ({KEY_OF_THE_APP} if KEY_OF_THE_APP in small else frozenset())


def may_read(who: str) -> set[str]:
    """Return the canaries that a reader may read on some page, asking by any method."""
    return {canary for canary, readers in CANARIES.items() if who in readers}


def canaries_of(columns: str) -> set[str]:
    """Return the canaries of columns, written as in “accounts.Person: name email”, one model to a line."""
    found = set()
    for line in columns.strip().splitlines():
        model, names = line.strip().split(":")
        found |= {canary_of(f"{model}.{name}") for name in names.split()}
    return found
