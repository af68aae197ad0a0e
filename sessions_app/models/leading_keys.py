"""The key in the mail to a facilitator: its reader says yes or no to leading one session, and can do nothing more.

It is a signature over one Leading and the address that is asked, under a salt of its own, so that it opens no other
page, and nothing more where the office asks at another address. Nothing is stored. It ends with what it is for: an
answer is refused once the session is over.
"""

from uuid import UUID

from django.core import signing
from django.urls import reverse

from sessions_app.models.leading import Leading

SALT = "sessions_app.leading"
SEPARATOR = ":"


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=SEPARATOR)


def _signed(leading: Leading) -> str:
    return f"{leading.uuid} {leading.facilitator.address}"


def path_of_leading(leading: Leading) -> str:
    """Return the path that the mail to the facilitator leads to. Its key is 43 characters, the signature alone."""
    return reverse("leading", args=[leading.uuid, _signer().signature(_signed(leading))])


def opened_by(uuid: UUID, key: str) -> Leading | None:
    """Return the Leading that `key` opens, if it is the one with that `uuid`; None for any other key."""
    related = ("session__workshop", "facilitator__person")
    leading = Leading.objects.select_related(*related).filter(uuid=uuid).first()
    if leading is None:
        return None
    try:
        _signer().unsign(f"{_signed(leading)}{SEPARATOR}{key}")
    except signing.BadSignature:
        return None
    return leading
