"""The second factor that the school's sign-in has asked for, in the place of ours: SCHOOL_SECOND_FACTOR."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest

from accounts.models import Person

# How allauth's record of a browser session calls it: not mfa, which is a factor of ours.
METHOD = "school"


def is_proven_by_school(request: HttpRequest, person: Person) -> bool:
    """Tell whether the school proved this person, in this browser session, in a way that the settings accept now."""
    records = get_authentication_records(request, person)
    return any(
        record.get("method") == METHOD and record.get("proof") in settings.SCHOOL_SECOND_FACTOR for record in records
    )


class SecondFactorStage(AuthenticateStage):
    """Ask for the second factor after signing in, unless the school has asked for one."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return super()._should_handle(request) and not is_proven_by_school(request, self.login.user)
