"""Move people between two dates, or let them take one open seat, from this process and many times.

Run as `python -m devtools.testing.jostle transfer FROM TO ROUNDS FIRST LAST`: each Person with a primary key in
FIRST..LAST moves from one session to the other and back, ROUNDS times. Or as
`python -m devtools.testing.jostle seat CODE FIRST LAST`: each POSTs for the open seat through the whole web stack.
With `in-any-order` at the end, the control, transfers lock the date they leave first and must run into each other.
Prints one line of JSON per answer.
"""

import json
import sys

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import OperationalError  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from registrations.models import Registration, standing  # noqa: E402
from sessions_app.models import Session  # noqa: E402


def people(first: str, last: str):
    return get_user_model().objects.filter(pk__gte=int(first), pk__lte=int(last)).order_by("pk")


def move(one: str, other: str, rounds: str, first: str, last: str) -> None:
    """Move every person to and fro; print what came of each move: moved, full, or the database's complaint."""
    for _ in range(int(rounds)):
        for person in people(first, last):
            own = Registration.objects.active().select_related("session").get(person=person)
            to = Session.objects.get(code=other if own.session.code == one else one)
            try:
                own.transfer(to, by=person, now=timezone.now())
                came = "moved"
            except Registration.SessionFull:
                came = "full"
            except OperationalError as error:
                came = str(error).splitlines()[0]
            print(json.dumps({"person": person.pk, "came": came}), flush=True)


def take(code: str, first: str, last: str) -> None:
    """POST for the open seat of the session as every person, one after the other."""
    for person in people(first, last):
        own = Registration.objects.get(person=person, session__code=code)
        client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
        client.force_login(person)
        status = client.post(reverse("seat", args=[own.uuid])).status_code
        print(json.dumps({"person": person.pk, "status": status}), flush=True)


def lock_in_any_order() -> None:
    """Take the order away: every transfer locks the date it leaves first, and only then the other."""
    standing.sorted = lambda sessions, key: sorted(sessions, key=lambda one: one.pk != standing.leaving)
    transfer = Registration.transfer

    def leave_first(self, *args, **kwargs):
        standing.leaving = self.session_id
        return transfer(self, *args, **kwargs)

    Registration.transfer = leave_first


if __name__ == "__main__":
    if sys.argv[-1] == "in-any-order":
        lock_in_any_order()
        sys.argv.pop()
    {"transfer": move, "seat": take}[sys.argv[1]](*sys.argv[2:])
