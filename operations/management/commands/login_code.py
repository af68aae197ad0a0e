"""`manage.py login_code ADDRESS`: print a sign-in code for a person whom mail does not reach."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Person
from accounts.sign_in import SPARE_CODE_SECONDS, write_spare_code
from foundation.values.addresses import plain_address


class Command(BaseCommand):
    help = "Print a code for ADDRESS. The person asks for a code on the sign-in page and types this one instead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS")

    def handle(self, *, address: str, **options: Any) -> None:
        person = Person.objects.filter(email=plain_address(address)).first()
        if person is None:
            raise CommandError(
                f"Nobody has the address {address}. Ask for a code on the sign-in page once, then repeat."
            )
        if not person.is_active:
            raise CommandError("This account is switched off and cannot sign in.")
        code = write_spare_code(person)
        self.stderr.write(f"For {person.email}, once, within {SPARE_CODE_SECONDS // 60} minutes:")
        self.stdout.write(f"{code[:3]} {code[3:]}")
