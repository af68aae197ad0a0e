"""Tokens: what opens something to everybody who has it, as an address in a mail does. Only a digest of it is stored."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """Return a token that nobody can guess, fit for a URL. It is shown or mailed once, and stored nowhere."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return what is stored of a token. It has 256 random bits, so a plain SHA-256 cannot be reversed by guessing."""
    return hashlib.sha256(token.encode()).hexdigest()
