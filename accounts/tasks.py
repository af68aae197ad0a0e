"""Housekeeping of accounts."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from celery import shared_task
from django.contrib.sessions.models import Session as UnsealedSession
from django.core.management import call_command
from django.db.models import Exists, OuterRef

from accounts.models import AddressChange, Person
from foundation import database_clock
from foundation.sweeps import sweep

UNVERIFIED_LIFE = timedelta(hours=24)


@shared_task
def clear_browser_sessions() -> None:
    """Delete the browser sessions that open nothing any more, and with them what was typed there.

    Those of Django's own table are of the release before, which had them unsealed: no process uses them any more.
    """
    call_command("clearsessions")
    UnsealedSession.objects.all().delete()


@shared_task
def forget_unverified() -> None:
    """Delete the empty accounts whose address was not verified for 24 hours: a sign-in that broke off leaves one."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    Person.objects.unused().filter(
        Exists(addresses.filter(verified=False)),
        ~Exists(addresses.filter(verified=True)),
        created_at__lte=database_clock.now() - UNVERIFIED_LIFE,
        last_login=None,
    ).delete()


@shared_task
def let_addresses_take_hold() -> None:
    """Let every new address take hold that nobody has stopped in time, and end those that never said yes."""
    now = database_clock.now()
    waiting = AddressChange.objects.select_related("person").order_by("pk")
    sweep(waiting.due(now), lambda change: change.take_hold(now), "address change {} did not take hold")
    sweep(waiting.lapsed(now), lambda change: change.lapse(now), "address change {} did not lapse")
