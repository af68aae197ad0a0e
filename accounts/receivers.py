"""Hear what allauth says about second factors."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import Person


@receiver(authenticator_added, dispatch_uid="accounts.authenticator_added")
def count_as_proven(
    sender: type[Authenticator], request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Take setting up a second factor as showing it, so that nobody enters two codes in a row."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(
            request, user, method="mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True
        )
