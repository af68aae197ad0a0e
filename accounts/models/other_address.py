"""OtherAddress: the address of an account that became one with another account. It opens nothing any more.

The office says that two accounts are of one person, and it may be wrong, so the address that goes never opens the
account that stays: who asks for a code there reads to sign in with the other address.
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from foundation.values.addresses import AddressField

if TYPE_CHECKING:
    from accounts.models.people import Person


class OtherAddress(models.Model):
    """An address that goes with an account, and by which nobody signs in."""

    email = AddressField("email", max_length=254, unique=True)
    if TYPE_CHECKING:
        person: Person
    else:
        person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="other_addresses")
    since = models.DateTimeField()

    class Meta:
        ordering = ["email"]
        verbose_name_plural = "other addresses"

    def __str__(self) -> str:
        return self.email


def leads_nowhere(email: str) -> bool:
    """Tell whether `email` (lower case) is of an account that became one with another one, and of no account now."""
    return OtherAddress.objects.filter(email=email).exists()
