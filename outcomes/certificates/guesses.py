"""How often one client may guess the code of a certificate."""

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from foundation import database_clock

MINUTE = 60


def guessed_too_often(request: HttpRequest) -> bool:
    """Tell whether the client has guessed wrong so often in this minute that it learns nothing more."""
    return cache.get(_key(request), 0) >= settings.CERTIFICATE_GUESSES_A_MINUTE


def count_a_guess(request: HttpRequest) -> None:
    """Count one more wrong guess of this minute. Two at once may count as one."""
    key = _key(request)
    cache.set(key, cache.get(key, 0) + 1, MINUTE)


def _key(request: HttpRequest) -> str:
    return f"certificate-guesses:{get_ip(request)}:{database_clock.now():%Y%m%d%H%M}"
