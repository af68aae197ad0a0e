"""Seal what only few may read: authenticated encryption, with a key of its own for each purpose (guarantees: Security).

The first key of a purpose seals and every key opens: a new key is put in front, and the old one stays until all is
sealed again.
"""

import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

# How every seal begins: the version of Fernet, and a time before the year 2106.
SEALED = re.compile(r"gAAAAA[\w-]+={0,2}", re.ASCII)


class Unreadable(Exception):
    """None of the keys opens it; `str(error)` is the sentence shown to the person."""


class Seal:
    """Seal and open text with the keys of one setting: a list, the newest first."""

    def __init__(self, setting: str) -> None:
        self.setting = setting

    def seal(self, words: str) -> str:
        """Return `words` as ASCII that nobody can read without a key. The same words give another seal every time."""
        return self._keys().encrypt(words.encode()).decode() if words else ""

    def unseal(self, sealed: str) -> str:
        """Return the words of `seal`. Raises Unreadable if no key opens it."""
        if not sealed:
            return ""
        try:
            return self._keys().decrypt(sealed).decode()
        except InvalidToken:
            raise Unreadable(
                "This cannot be read now: its key is missing on this server. Write to the office."
            ) from None

    def reseal(self, sealed: str) -> str:
        """Return the same words under the first key. Raises Unreadable if no key opens it."""
        if not sealed:
            return ""
        try:
            return self._keys().rotate(sealed).decode()
        except InvalidToken:
            raise Unreadable("None of the keys opens this.") from None

    def _keys(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in getattr(settings, self.setting)])


def is_sealed(text: str) -> bool:
    """Tell whether `text` has the shape of a seal, of whatever key."""
    return bool(SEALED.fullmatch(text))


ACCESS_NEEDS = Seal("ACCOMMODATION_KEYS")
# The same keys: the same processes read both, and a second key in the same place would keep nothing from anybody.
LICENSES = Seal("ACCOMMODATION_KEYS")
SIGN_INS = Seal("SIGN_IN_KEYS")
