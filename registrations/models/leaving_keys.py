"""The key in a person's own mail: its reader leaves one session with it, and can do nothing more.

It is a signature over one registration and its session, under a salt of its own, so that it opens no other page and no
other registration. Nothing is stored. It ends with what it is for: leaving is refused once the session is over.
"""

from uuid import UUID

from django.core import signing
from django.urls import reverse

from registrations.models.registration import Registration

SALT = "registrations.leaving"
SEPARATOR = ":"


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=SEPARATOR)


def _signed(registration: Registration) -> str:
    return f"{registration.uuid} {registration.session_id}"


def leaving_key(registration: Registration) -> str:
    """Return the key, fit for a URL: 43 characters, the signature alone."""
    return _signer().signature(_signed(registration))


def path_of_leaving(registration: Registration) -> str:
    """Return the path that the mail to the person leads to."""
    return reverse("leaving", args=[registration.uuid, leaving_key(registration)])


def opened_by(uuid: UUID, key: str) -> Registration | None:
    """Return the registration that `key` opens, if it is the one with that `uuid`; None for any other key."""
    registration = Registration.objects.select_related("session__workshop", "person").filter(uuid=uuid).first()
    if registration is None:
        return None
    try:
        _signer().unsign(f"{_signed(registration)}{SEPARATOR}{key}")
    except signing.BadSignature:
        return None
    return registration
