"""Take what happens to people and what allauth says about second factors.

authenticator_added  the sign-in counts as proven by the second factor that was just set up
person_changed       every sign-in of a person who is switched off ends, and does not come back
"""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import Person
from accounts.signals import person_changed


@receiver(authenticator_added, dispatch_uid="accounts.authenticator_added")
def count_as_proven(
    sender: type[Authenticator], request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Take setting up a second factor as showing it, so that nobody enters two codes in a row."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(
            request, user, method="mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True
        )


@receiver(person_changed, dispatch_uid="accounts.person_changed")
def end_sign_ins_when_switched_off(sender: type, person: Person, **kwargs: Any) -> None:
    """End every sign-in of a person who may not sign in any more: switched on again, they sign in with a new code."""
    if not person.is_active:
        person.end_sign_ins()
