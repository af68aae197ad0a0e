"""`manage.py rotate_keys`: seal again, with the newest key of its purpose, all that is sealed."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.browser_sessions.model import BrowserSession
from accounts.sealed import Unreadable
from accounts.second_factor import reseal_second_factor, second_factors_with_secrets
from outcomes.models import Consent, EvaluationPot, License
from registrations.models import AccessPlan, Accommodation


class Command(BaseCommand):
    help = (
        "Encrypt access requests, what to prepare for them, birthdays, license numbers and the answers of open "
        "evaluations again with the first key of ACCOMMODATION_KEY, and second factors and browser sessions with the "
        "first key of SIGN_IN_KEY; the keys behind it are needed until this has run. Running it again does no harm. "
        "Exit 1 if something could not be read with any key."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        needs = Accommodation.objects.values_list("pk", flat=True)
        unreadable = self.reseal("Access requests", needs, reseal_request)
        plans = AccessPlan.objects.values_list("pk", flat=True)
        unreadable += self.reseal("What to prepare for access", plans, reseal_plan)
        birthdays = Consent.objects.exclude(sealed_birthday="").values_list("pk", flat=True)
        unreadable += self.reseal("Birthdays for PARS", birthdays, reseal_birthday)
        unreadable += self.reseal("License numbers", License.objects.values_list("pk", flat=True), reseal_license)
        pots = EvaluationPot.objects.values_list("pk", flat=True)
        unreadable += self.reseal("Open evaluations", pots, reseal_pot)
        factors = second_factors_with_secrets().values_list("pk", flat=True)
        unreadable += self.reseal("Second factors", factors, reseal_second_factor)
        # One that no key opens opens nothing: its browser starts with an empty one.
        self.reseal("Browser sessions", BrowserSession.objects.values_list("pk", flat=True), reseal_browser_session)
        if unreadable:
            raise CommandError(f"{unreadable} cannot be read with any of the keys. Put the key they need behind.")

    def reseal(self, what: str, keys: Iterable[Any], act: Callable[[Any], bool]) -> int:
        """Call `act` with each key and say how many it sealed. Returns how many no key opens."""
        done = unreadable = 0
        for key in keys:
            try:
                done += act(key)
            except Unreadable:
                unreadable += 1
        self.stdout.write(f"{what}: {done} encrypted with the first key.")
        return unreadable


def reseal_request(pk: int) -> bool:
    """Seal one again, and once more if somebody changed it in between. Returns False if somebody deleted it."""
    while accommodation := Accommodation.objects.filter(pk=pk).first():
        if accommodation.rotate():
            return True
    return False


def reseal_plan(pk: int) -> bool:
    """Seal one again, and once more if somebody changed it in between. Returns False if it is gone."""
    while plan := AccessPlan.objects.filter(pk=pk).first():
        if plan.rotate():
            return True
    return False


def reseal_birthday(pk: int) -> bool:
    """Seal one again, and once more if its person changed it in between. Returns False if it is taken back."""
    while consent := Consent.objects.exclude(sealed_birthday="").filter(pk=pk).first():
        if consent.rotate():
            return True
    return False


def reseal_license(pk: int) -> bool:
    """Seal one again, and once more if its person changed it in between. Returns False if they deleted it."""
    while license := License.objects.filter(pk=pk).first():
        if license.rotate():
            return True
    return False


def reseal_pot(pk: int) -> bool:
    """Seal the answers of one open evaluation again. Returns False if it has closed, or holds none."""
    pot = EvaluationPot.objects.filter(pk=pk).select_related("evaluation").first()
    return pot.evaluation.reseal() if pot else False


def reseal_browser_session(name: str) -> bool:
    """Seal one again. Returns False if it is gone, or was written in between: then with the first key."""
    browser_session = BrowserSession.objects.filter(pk=name).first()
    return browser_session.rotate() if browser_session else False
