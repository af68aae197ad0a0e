"""`manage.py login_code ADDRESS`: print a sign-in code for a person whom mail does not reach."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Person
from accounts.sign_in import SPARE_CODE_SECONDS, may_sign_in, write_spare_code


class Command(BaseCommand):
    help = "Print a code for ADDRESS. The person asks for a code on the sign-in page and types this one instead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS")

    def handle(self, *, address: str, **options: Any) -> None:
        email = address.strip().lower()
        person = Person.objects.filter(email=email).first()
        if person is None and not may_sign_in(email):
            raise CommandError(f"{address} is no school address, and nobody has it.")
        if person is not None and not person.is_active:
            raise CommandError("This account is switched off and cannot sign in.")
        if person is None:
            self.stderr.write("Nobody has signed in with this address yet: check that it is spelled right.")
        code = write_spare_code(email)
        self.stderr.write(f"For {email}, once, within {SPARE_CODE_SECONDS // 60} minutes:")
        self.stdout.write(f"{code[:3]} {code[3:]}")
