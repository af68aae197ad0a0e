"""Register many people for one session through the whole web stack, from this process.

Run as `python -m devtools.testing.press SESSION_CODE FIRST LAST [times=N] [without-lock]`: each Person with a primary
key in FIRST..LAST signs in and POSTs, once or N times. Prints one line of JSON per answer: person, status, and where it
leads. `without-lock` is the control: it takes the row lock away and must break the outcome.
"""

import json
import sys

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.client import ClientHandler  # noqa: E402
from django.urls import reverse  # noqa: E402

from sessions_app.models import Session  # noqa: E402


def press(code: str, first: int, last: int, times: int) -> None:
    """POST the registration of every person in `first`..`last`, one after the other, each so many `times`."""
    url = reverse("register", args=[code])
    # One for all: each of its own would look through the static files again.
    handler = ClientHandler(enforce_csrf_checks=False)
    for person in get_user_model().objects.filter(pk__gte=first, pk__lte=last).order_by("pk"):
        client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
        client.handler = handler
        client.force_login(person)
        for _ in range(times):
            answer = client.post(url)
            said = {"person": person.pk, "status": answer.status_code, "to": answer.get("Location", "")}
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    if "without-lock" in sys.argv:
        Session.lock = Session.refresh_from_db
    many = [int(flag.removeprefix("times=")) for flag in sys.argv if flag.startswith("times=")]
    press(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *(many or [1]))
