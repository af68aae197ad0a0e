"""Take what Django and allauth say about signing in. The log names people by their keys, never by address or name.

user_logged_in         the sign-in gets its device, its time and its last day, and a line in the log
user_logged_out        a line in the log
person_changed         every sign-in of a person who is switched off ends, and does not come back; they represent no
                       unit any more
unit_merged            what the school calls either unit means the one that stays
authenticator_added    the sign-in counts as proven by the second factor that was just set up
authenticator_used     a line in the log
"""

import logging
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_used
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.browser_sessions.sign_ins import note_sign_in
from accounts.models import Champion, Person, Unit, UnitName
from accounts.signals import person_changed, unit_merged
from foundation import database_clock

logger = logging.getLogger(__name__)


@receiver(user_logged_in, dispatch_uid="accounts.user_logged_in")
def begin_sign_in(sender: type[Person], request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Note from which device and when, for the person's list of sign-ins."""
    note_sign_in(request, database_clock.now())
    logger.info("person %s signed in", user.pk)


@receiver(user_logged_out, dispatch_uid="accounts.user_logged_out")
def end_sign_in(sender: type[Person], user: Person | None, **kwargs: Any) -> None:
    """Say it in the log. `user` is None where nobody was signed in."""
    if user is not None:
        logger.info("person %s signed out", user.pk)


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


@receiver(person_changed, dispatch_uid="accounts.person_changed.champions")
def represent_nobody_when_switched_off(sender: type, person: Person, **kwargs: Any) -> None:
    """End that a person who is switched off represents a unit."""
    if not person.is_active:
        for champion in Champion.objects.standing().filter(person=person):
            champion.end(by=Person.objects.rule())


@receiver(unit_merged, dispatch_uid="accounts.unit_merged")
def mean_the_unit_that_stays(sender: type[Unit], unit: Unit, into: Unit, **kwargs: Any) -> None:
    """Let the school’s words for `unit`, which goes, mean `into`: its name too, by which it was known so far."""
    UnitName.objects.move(unit, into)


@receiver(authenticator_used, dispatch_uid="accounts.authenticator_used")
def note_second_factor(sender: type[Authenticator], user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    """Say in the log which kind of second factor was accepted."""
    logger.info("person %s showed a second factor: %s", user.pk, authenticator.type)
