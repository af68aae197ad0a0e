"""Housekeeping of accounts."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from celery import shared_task
from django.core.management import call_command
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Person

UNVERIFIED_LIFE = timedelta(hours=24)


@shared_task
def clear_browser_sessions() -> None:
    """Delete the browser sessions that open nothing any more, and with them what was typed there."""
    call_command("clearsessions")


@shared_task
def forget_unverified() -> None:
    """Delete the empty accounts whose address was not verified for 24 hours: a sign-in that broke off leaves one."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    Person.objects.filter(
        Exists(addresses.filter(verified=False)),
        ~Exists(addresses.filter(verified=True)),
        created_at__lte=timezone.now() - UNVERIFIED_LIFE,
        last_login=None,
        is_active=True,
        is_staff=False,
        name="",
        role="",
        registrations=None,
    ).delete()
