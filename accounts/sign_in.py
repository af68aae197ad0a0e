"""Sign people in by a code that is mailed to their school address, and by a spare code when mail is down."""

import secrets

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import Person
from foundation import database_clock

SPARE_CODE_SECONDS = 15 * 60


class SignedInRequest(HttpRequest):
    """The request of a view that nobody reaches signed out (SignIn in foundation/middleware.py); for the types only."""

    user: Person


def may_ask(email: str) -> bool:
    """Tell whether `email` (lower case) may ask for a code: its domain is the school's, or one the office has too.

    All addresses of a domain are answered alike, so that nobody finds out by asking which people are of the office.
    """
    return is_school(email) or Person.objects.filter(email__endswith=f"@{_domain(email)}", is_staff=True).exists()


def may_get_mail(email: str) -> bool:
    """Tell whether we write to `email` (lower case): a school address, or somebody of the office."""
    return is_school(email) or Person.objects.filter(email=email, is_staff=True).exists()


def is_school(email: str) -> bool:
    return _domain(email) in settings.SIGNUP_EMAIL_DOMAINS


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


@transaction.atomic
def send_code(request: HttpRequest, email: str) -> None:
    """Mail a code to `email` and let this browser wait for it. Known or new, the path and the mail are the same.

    A person who may not sign in gets no mail, and the page cannot be told from any other.
    """
    person = welcome(email) if may_get_mail(email) else None
    user = person if person and person.is_active else None
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)


def welcome(email: str) -> Person:
    """Return the person with this address, made now if there is none; unverified until a code is accepted."""
    try:
        with transaction.atomic():
            person = Person.objects.filter(email=email).first() or Person.objects.create_user(email)
    # Two requests for one new address at once: the other one made the person.
    except (IntegrityError, ValidationError):
        person = Person.objects.get(email=email)
    address, made = EmailAddress.objects.get_or_create(user=person, email=email)
    if not made and not address.verified:
        # The hours after which `forget_unverified` deletes an empty account count from the last request.
        Person.objects.filter(pk=person.pk, last_login=None).update(created_at=database_clock.now())
    return person


# ---- when mail is down ----


def write_spare_code(person: Person) -> str:
    """Return a new code of six digits that `person` can type instead of the mailed one, once, within 15 minutes."""
    code = f"{secrets.randbelow(10**6):06}"
    cache.set(_spare_key(person), _digest(person, code), SPARE_CODE_SECONDS)
    return code


def use_spare_code(person: Person, code: str) -> bool:
    """Tell whether `code` is the spare code of `person`, and make it worthless if it is."""
    known = cache.get(_spare_key(person))
    if known is None or not secrets.compare_digest(known, _digest(person, code)):
        return False
    return cache.delete(_spare_key(person))


def _spare_key(person: Person) -> str:
    return f"spare-code:{person.pk}"


def _digest(person: Person, code: str) -> str:
    # With the value that `end_sign_ins` replaces: what was made before it opens nothing after it.
    return salted_hmac("accounts.spare_code", f"{person.pk}:{person.password}:{code}", algorithm="sha256").hexdigest()
