"""The address at which a person evaluates one session: it works for its reader, signed in or not.

It has a signature over the person and the session, under a salt of its own, so that it opens nothing else. Nothing is
stored. `link_for(registration)` and `path_for(person, session)` make it, for mail and for pages.
"""

import re

from django.core import signing
from django.urls import reverse

from accounts.models import Person
from foundation.links import absolute
from registrations.models import Registration
from sessions_app.models import Session

SALT = "outcomes.evaluations"
SEPARATOR = ":"
# The code of the session, the key of the person, the signature.
TOKEN = re.compile(r"(?P<code>[a-z0-9]{8})-(?P<person>[1-9]\d{0,17})-(?P<signature>[\w-]{43})", re.ASCII)


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=SEPARATOR)


def token_for(person: Person, session: Session) -> str:
    """Return the token, fit for a URL."""
    signed = f"{session.code}-{person.pk}"
    return f"{signed}-{_signer().signature(signed)}"


def path_for(person: Person, session: Session) -> str:
    """Return the path of the evaluation of `session` by `person`. It may be made before there is any evaluation."""
    return reverse("evaluation", args=[token_for(person, session)])


def link_for(registration: Registration) -> str:
    """Return the whole address for the mail to the person of `registration`. No query if its session is fetched.

    The page says by itself when the evaluation opens a little later, has closed, or is not for this person.
    """
    return absolute(path_for(registration.person, registration.session))


def opened_by(token: str) -> tuple[Person, Session] | None:
    """Return who is asked about what at this token; None for a token that we did not make. Two queries at most."""
    parts = TOKEN.fullmatch(token)
    if parts is None:
        return None
    try:
        _signer().unsign(f"{parts['code']}-{parts['person']}{SEPARATOR}{parts['signature']}")
    except signing.BadSignature:
        return None
    person = Person.objects.filter(pk=parts["person"]).first()
    session = Session.objects.select_related("workshop").filter(code=parts["code"]).first()
    return (person, session) if person and session else None
