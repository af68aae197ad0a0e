"""Everybody who reads the portal, each with a browser; and how a test asks as one of them and reads the answer."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from accounts.models import Person
from catalog.models import Facilitator
from devtools.testing.canaries import canaries_in
from devtools.testing.contents import words_in
from devtools.testing.overhearing import overheard

# Everybody but a fellow, each with a page that opens to them and shows that they are who they are.
# A colleague is in the group Office and no superuser; an arranger in the group Accommodations. A leader is a
# facilitator of the session, a stranger one of another session.
READERS = {
    "visitor": "",
    "owner": "registrations/<uuid:uuid>/",
    "other": "my/",
    "office": "admin/auth/group/",
    "colleague": "admin/registrations/registration/",
    "arranger": "admin/registrations/accommodation/<path:object_id>/change/",
    "leader": "my/leading/<slug:code>/",
    "stranger": "my/leading/",
}
# A fellow waits for a seat in the same session: devtools/testing/canaries.py.
EVERYBODY = (*READERS, "fellow")
# Who gets past the door of the admin.
STAFF = ("office", "colleague", "arranger")
WITH_TOKEN = "post with a token"
# What is typed where something is asked for; a row that is of no use to a page is not read by it.
TYPED = {"reason": "x", "note": "x", "email": "x@example.edu", "needs": "x", "answer": "x", "post": "yes", "q": "x"}


@dataclass(frozen=True)
class Answer:
    """What one asking was answered: the code, where it leads, what it tells, and whether a browser may keep it.

    `logged` is what the log told of it: it should tell nothing.
    """

    status: int
    leads_to: str
    tells: frozenset[str]
    logged: frozenset[str]
    is_kept: bool
    varies: str

    @classmethod
    def of(cls, response: HttpResponseBase) -> "Answer":
        """Read an answer of the portal, files too."""
        told = b"".join(response) if response.streaming else response.content
        headers = response.headers
        return cls(
            response.status_code,
            headers.get("Location", ""),
            canaries_in(f"{headers} {response.cookies} {words_in(told)}"),
            overheard.take(),
            "no-store" not in headers.get("Cache-Control", ""),
            headers.get("Vary", ""),
        )


def browsers(owner: Person, office: Person, make_session: Callable) -> dict[str, Client]:
    """Make a browser for everybody of READERS, beside the rows of every noun, which belong to `owner`."""
    call_command("create_office", "colleague@example.edu", "--accommodations", "arranger@example.edu", verbosity=0)
    people = {who: Person.objects.get(email=f"{who}@example.edu") for who in ("colleague", "arranger", "leader")}
    people |= {"owner": owner, "other": Person.objects.get(email="person2@example.edu"), "office": office}
    people["stranger"] = leads_another(make_session)
    made = {who: Client(raise_request_exception=False) for who in READERS}
    for who, person in people.items():
        made[who].force_login(person)
    return made


def leads_another(make_session: Callable) -> Person:
    """Make somebody who leads another session, a draft, and nothing else."""
    stranger = Person.objects.create_user("stranger@example.edu", name="Rue Tan", role=Person.Role.STAFF)
    make_session(published=False, minimum=1, facilitators=[Facilitator.objects.create(name="Rue Tan", person=stranger)])
    return stranger


def asking(client: Client) -> Callable[..., Answer]:
    """Return ask(method, url, **data), which asks with this browser and takes back what came of it."""
    client.handler.enforce_csrf_checks = True
    client.cookies[settings.CSRF_COOKIE_NAME] = token = "a" * 32

    def ask(method: str, url: str, **data: str) -> Answer:
        cookies = client.cookies.copy()
        with transaction.atomic():
            if method == WITH_TOKEN:
                response = client.post(url, TYPED | data | {"csrfmiddlewaretoken": token})
            else:
                response = getattr(client, method)(url, data)
            transaction.set_rollback(True)
        client.cookies = cookies
        return Answer.of(response)

    return ask
