"""`manage.py demo`: fill an empty database with a realistic catalog, a season dated around today, and people."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Person
from catalog.models import Workshop
from foundation import database_clock
from operations.demo.build import AMINA, KAI, MANAGER, OFFICE, NotEmpty, build, is_empty
from operations.demo.leading import JULES
from registrations.models import Registration
from sessions_app.models import Session

TO_TRY = {
    OFFICE: "the office: schedules, publishes and decides at /admin/, and answers access requests",
    MANAGER: "a Manager: also says who of the office may do what",
    AMINA: "registered for some sessions, waiting for one, has been to others",
    KAI: "registered for nothing yet, nominated for one; be the sixth at Bystander Interventions",
    JULES: "leads sessions: says yes or no, and reads what to prepare, under My training",
}


class Command(BaseCommand):
    help = "Fill an empty database with the demo: workshops, a season of sessions around today, and invented people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing, quietly, if there is anything already")
        parser.add_argument("--accounts", action="store_true", help="fill nothing, only say which accounts to try")

    def handle(self, *, if_empty: bool, accounts: bool, **options: Any) -> None:
        if accounts:
            self._say_accounts()
        elif is_empty() or not if_empty:
            try:
                build(database_clock.now())
            except NotEmpty as error:
                raise CommandError(str(error)) from None
            self.stdout.write(
                f"The demo has {Workshop.objects.count()} workshops, {Session.objects.count()} sessions,"
                f" {Person.objects.filter(is_active=True).count()} people"
                f" and {Registration.objects.count()} registrations."
            )

    def _say_accounts(self) -> None:
        if Person.objects.filter(email__in=TO_TRY).count() < len(TO_TRY):
            self.stdout.write("  This database was not filled by the demo: sign in with your own address.")
            return
        self.stdout.write("  Sign in with one of these; the code arrives in the inbox, /__mail__/:")
        for email, words in TO_TRY.items():
            self.stdout.write(f"    {email:<29} {words}")
