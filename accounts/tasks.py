"""Housekeeping of accounts."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from celery import shared_task
from django.db.models import Exists, OuterRef

from accounts.models import Person
from foundation import database_clock

UNVERIFIED_LIFE = timedelta(hours=24)


@shared_task
def forget_unverified() -> None:
    """Delete the empty accounts whose address was typed into the sign-in form and never verified for 24 hours."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    Person.objects.filter(
        Exists(addresses.filter(verified=False)),
        ~Exists(addresses.filter(verified=True)),
        created_at__lte=database_clock.now() - UNVERIFIED_LIFE,
        last_login=None,
        is_active=True,
        is_staff=False,
        name="",
        role="",
        registrations=None,
    ).delete()
