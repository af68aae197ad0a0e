"""The key in the address that the holder of a certificate gives to people who are to see whose it is.

It is a signature over the code, under a salt of its own, so that it opens no other certificate and cannot be guessed
from the code on paper. Nothing is stored: a certificate that takes the place of another has another key.
"""

from django.core import signing
from django.utils.crypto import constant_time_compare

from foundation.links import absolute
from outcomes.models import Certificate

SALT = "outcomes.certificate.name"
PARAMETER = "name"


def name_key(certificate: Certificate) -> str:
    """Return the key, fit for a URL: 43 characters, the signature alone."""
    return signing.Signer(salt=SALT).signature(certificate.code)


def shows_name(certificate: Certificate, key: str) -> bool:
    """Tell whether `key` is the one of `certificate`."""
    return constant_time_compare(name_key(certificate), key)


def address_of(certificate: Certificate) -> str:
    """Return the address where anybody sees whether it is valid."""
    return absolute(certificate.get_absolute_url())


def address_with_name(certificate: Certificate) -> str:
    """Return the address where its reader also sees whose it is."""
    return f"{address_of(certificate)}?{PARAMETER}={name_key(certificate)}"
