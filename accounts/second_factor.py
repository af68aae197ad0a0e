"""The office's second factor: an authenticator app or a passkey, asked for after the mailed code."""

import logging
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch

from accounts.models import Person
from accounts.sealed import SIGN_INS, Unreadable, is_sealed
from accounts.sign_in import SignedInRequest

# What in the data of an authenticator opens an account: the key of an app, and what recovery codes are made from.
SECRETS = ("secret", "seed")

logger = logging.getLogger(__name__)


def has_second_factor(person: Person) -> bool:
    """Tell whether `person` has set up an app or a passkey. Recovery codes alone are none."""
    factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return factors.exists()


def is_proven(request: HttpRequest) -> bool:
    """Tell whether this browser session has shown the second factor of its person."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def unused_recovery_codes(person: Person) -> list[str] | None:
    """Return the recovery codes of `person` that still work, and None if none were made. Changes nothing.

    Raises ValidationError if no key opens them.
    """
    made = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    return made.wrap().get_unused_codes() if made else None


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's second factor, in our words, its secrets sealed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right. Enter the one your app shows now, or a recovery code.",
        "unverified_email": "Sign in with a code from your email first.",
        "cannot_delete_authenticator": "This cannot be removed.",
        "cannot_generate_recovery_codes": "Set up an app or a passkey first.",
    }

    def _get_site_name(self) -> str:
        return settings.PRODUCT_NAME

    def encrypt(self, text: str) -> str:
        return SIGN_INS.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. Raises ValidationError, for the form it is asked by, if no key opens it."""
        try:
            return SIGN_INS.unseal(encrypted_text)
        except Unreadable as problem:
            raise ValidationError(str(problem)) from None


# ---- sealing again ----


def second_factors_with_secrets() -> QuerySet[Authenticator]:
    """Return the second factors that hold a secret. A passkey holds none: its owner's device keeps it."""
    return Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)


@transaction.atomic
def reseal_second_factor(pk: int) -> bool:
    """Seal the secrets of one with the first key, also what an old version wrote down plainly. False if it is gone.

    Raises Unreadable if no key opens one.
    """
    factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if factor is None:
        return False
    for name in SECRETS:
        if kept := factor.data.get(name):
            factor.data[name] = SIGN_INS.reseal(kept) if is_sealed(kept) else SIGN_INS.seal(kept)
    factor.save(update_fields=["data"])
    return True


# ---- the forms ----


@contextmanager
def unreadable_is_refused() -> Iterator[None]:
    """Refuse with ValidationError what cannot be taken apart: allauth and fido2 expect that it can."""
    try:
        yield
    except (
        ArithmeticError,
        AttributeError,
        InvalidSignature,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
        struct.error,
    ) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class CredentialField(forms.JSONField):
    """What a passkey answered, as a JSON object. Refuses what is none, numbers and nesting without end included."""

    def to_python(self, value: Any) -> dict[str, Any]:  # type: ignore[override] # the stubs say that JSON is text
        with unreadable_is_refused():
            answer = super().to_python(value)
            if not isinstance(answer, dict):
                raise TypeError
            return answer

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was sent as it is: it is read once, in `to_python`."""
        return InvalidJSONInput(data or "")


class RefusalIsLogged(forms.Form):
    """Write into the log, by the key of the person, that a second factor was shown and refused."""

    user: Person

    def full_clean(self) -> None:
        super().full_clean()
        entered = [name for name in self.fields if self.data.get(self.add_prefix(name))]
        if self.is_bound and self.errors and entered:
            logger.warning("person %s: a second factor was refused", self.user.pk)


class AppForm(RefusalIsLogged, AuthenticateForm):
    """Ask for the code of an app, or a recovery code, to sign in."""


class AppAgainForm(RefusalIsLogged, ReauthenticateForm):
    """Ask for the code of an app, or a recovery code, while signed in."""


class PasskeyForm(RefusalIsLogged, AuthenticateWebAuthnForm):
    """Ask for a passkey to sign in."""

    credential = CredentialField(widget=forms.HiddenInput)

    def clean_credential(self) -> Authenticator:
        with unreadable_is_refused():
            return super().clean_credential()


class PasskeyAgainForm(PasskeyForm, ReauthenticateWebAuthnForm):
    """Ask for a passkey while signed in."""

    reauthenticated = True


class NewPasskeyForm(AddWebAuthnForm):
    """Take a passkey that was just made."""

    credential = CredentialField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        with unreadable_is_refused():
            return super().clean()


# ---- pages of the office ----


def is_office_page(page: ResolverMatch) -> bool:
    """Tell whether a page is the office's: all under /admin/ but the way in, and what is marked `for_the_office`."""
    is_admin = page.app_name == "admin" or page.route.startswith("admin/")
    return (is_admin and page.route != "admin/login/") or getattr(page.func, "is_for_the_office", False)


View = Callable[..., HttpResponseBase]


def for_the_office(permission: str, or_if: Callable[..., bool] | None = None) -> Callable[[View], View]:
    """Open a view to people of the office who have `permission` (“registrations.change_registration”), to people for
    whom `or_if`, which takes what the view takes, says so, and to nobody else (403). Where the admin needs a second
    factor this view does too (SecondFactorMiddleware)."""

    def opened(view: View) -> View:
        @wraps(view)
        def only_the_office(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            is_office = request.user.is_staff and request.user.has_perm(permission)
            if not is_office and not (or_if and or_if(request, *args, **kwargs)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        only_the_office.is_for_the_office = True  # type: ignore[attr-defined] # the middleware looks for it
        return only_the_office

    return opened
