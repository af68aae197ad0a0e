"""`manage.py rotate_accommodation_key`: encrypt every access request with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.sealed import Unreadable
from registrations.models import Accommodation


class Command(BaseCommand):
    help = (
        "Encrypt every access request again with the first key of ACCOMMODATION_KEY; the keys behind it are needed "
        "until this has run. Running it again does no harm. Exit 1 if something could not be read with any key."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = unreadable = 0
        for pk in Accommodation.objects.values_list("pk", flat=True):
            try:
                done += self.rotate(pk)
            except Unreadable:
                unreadable += 1
        self.stdout.write(f"{done} encrypted with the first key.")
        if unreadable:
            raise CommandError(f"{unreadable} cannot be read with any of the keys. Put the key they need behind.")

    def rotate(self, pk: int) -> bool:
        """Seal one again, and once more if somebody changed it in between. Returns False if somebody deleted it."""
        while accommodation := Accommodation.objects.filter(pk=pk).first():
            if accommodation.rotate():
                return True
        return False
