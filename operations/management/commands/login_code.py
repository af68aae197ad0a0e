"""`manage.py login_code ADDRESS`: print a sign-in code for a person whom mail does not reach.

It is on record, and the person is told once mail goes out: a person who has a code can sign in as them.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Person
from accounts.sign_in import SPARE_CODE_SECONDS, may_get_mail, write_spare_code
from foundation.record import record
from foundation.values.addresses import plain_address
from notifications.kinds.account import owe_account_news


class Command(BaseCommand):
    help = "Print a code for ADDRESS. The person asks for a code on the sign-in page and types this one instead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS")

    def handle(self, *, address: str, **options: Any) -> None:
        email = plain_address(address)
        person = Person.objects.filter(email=email).first()
        if not may_get_mail(email):
            raise CommandError(f"{address} is at none of SIGNUP_EMAIL_DOMAINS, and nobody of the office has it.")
        if person is None:
            self.stderr.write("Nobody has signed in with this address yet: check that it is spelled right.")
        elif not person.is_active:
            raise CommandError("This account is switched off and cannot sign in.")
        code = self.write(email, person)
        self.stderr.write(f"For {email}, once, within {SPARE_CODE_SECONDS // 60} minutes:")
        self.stdout.write(f"{code[:3]} {code[3:]}")

    @transaction.atomic
    def write(self, email: str, person: Person | None) -> str:
        """Return a code for `email`; put on record of `person` that there is one, and owe the person the news."""
        if person is not None:
            record(Person.objects.rule(), person, "A sign-in code was printed on the server with manage.py login_code.")
            owe_account_news(person.email, "A sign-in code for your account was printed on the server")
        return write_spare_code(email)
