"""The key in the mail that offers another date: its reader answers one offer with it, and can do nothing more.

It is a signature over one offer, under a salt of its own, so that it opens no other page and no other offer. Nothing is
stored. It ends with what it is for: an offer that has ended is answered no more.
"""

from uuid import UUID

from django.core import signing
from django.urls import reverse

from registrations.models.merge_offer import MergeOffer

SALT = "registrations.merging"
SEPARATOR = ":"


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=SEPARATOR)


def _signed(offer: MergeOffer) -> str:
    return f"{offer.registration.uuid} {offer.pk}"


def path_of_answering(offer: MergeOffer) -> str:
    """Return the path that the mail to the person leads to. The signature in it is 43 characters, fit for a URL."""
    return reverse("merge_offer", args=[offer.registration.uuid, _signer().signature(_signed(offer))])


def offer_opened_by(uuid: UUID, key: str) -> MergeOffer | None:
    """Return the offer to the registration with that `uuid` that `key` opens; None for any other key."""
    offers = MergeOffer.objects.filter(registration__uuid=uuid).order_by("-pk")
    related = ("registration__session__workshop", "registration__person", "registration__moved_to", "into__workshop")
    for offer in offers.select_related(*related):
        try:
            _signer().unsign(f"{_signed(offer)}{SEPARATOR}{key}")
        except signing.BadSignature:
            continue
        return offer
    return None
