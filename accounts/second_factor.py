"""The office's second factor: an authenticator app or a passkey, asked for after the mailed code."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from accounts.models import Person


def has_second_factor(person: Person) -> bool:
    """Tell whether `person` has set up an app or a passkey. Recovery codes alone are none."""
    factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return factors.exists()


def is_proven(request: HttpRequest) -> bool:
    """Tell whether this browser session has shown the second factor of its person."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's second factor, in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right. Enter the one your app shows now, or a recovery code.",
        "unverified_email": "Sign in with a code from your email first.",
        "cannot_delete_authenticator": "This cannot be removed.",
        "cannot_generate_recovery_codes": "Set up an app or a passkey first.",
    }

    def _get_site_name(self) -> str:
        return "Quorum"
