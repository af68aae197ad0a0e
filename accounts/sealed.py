"""Seal what only few may read: authenticated encryption with the keys of ACCOMMODATION_KEY (guarantees: Who sees what).

The first key seals and every key opens: a new key is put in front, and the old one stays until all is sealed again.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """None of the keys opens it; `str(error)` is the sentence shown to the person."""


def seal(words: str) -> str:
    """Return `words` as ASCII that nobody can read without a key. The same words give another seal every time."""
    return _keys().encrypt(words.encode()).decode() if words else ""


def unseal(sealed: str) -> str:
    """Return the words of `seal`. Raises Unreadable if no key opens it."""
    if not sealed:
        return ""
    try:
        return _keys().decrypt(sealed).decode()
    except InvalidToken:
        raise Unreadable("This cannot be read now: its key is missing on this server. Write to the office.") from None


def reseal(sealed: str) -> str:
    """Return the same words under the first key. Raises Unreadable if no key opens it."""
    if not sealed:
        return ""
    try:
        return _keys().rotate(sealed).decode()
    except InvalidToken:
        raise Unreadable("None of the keys opens this.") from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ACCOMMODATION_KEYS])
