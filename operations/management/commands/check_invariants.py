"""`manage.py check_invariants`: recount every promise that can be recounted, and print what is broken."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation import database_clock
from operations.invariants import breaches


class Command(BaseCommand):
    help = (
        "Print one line per broken promise about seats, waitlists, decisions and calendars; the exit code is 1 if any."
    )

    def handle(self, **options: Any) -> None:
        found = 0
        for line in breaches(database_clock.now()):
            self.stdout.write(line)
            found += 1
        if found:
            raise CommandError(f"{found} breach{'es' if found > 1 else ''}.")
        self.stdout.write("No breach.")
