"""`manage.py sync_people FILE`: take in the school's directory, every night."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Person
from operations.directory.reading import Directory, Unreadable, read_directory
from operations.directory.taking_in import TooManyGone, take_in
from operations.directory.units import take_in_units
from operations.management.arguments import content_of, person_at

LARGEST = 50_000_000  # bytes
NOTHING_DONE, SOME_WRONG, TOO_MANY_GONE = 1, 3, 4


class Command(BaseCommand):
    help = """Take in the people of the school’s directory, or its units, from a CSV or XLSX file.

The first row names the columns. People: email, and if you like name, role (faculty, staff, resident, student, other),
unit and campus. Units: unit, and if you like part of (another unit) and head count. Other columns are not read.

Somebody new gets an account, and nobody gets a seat. Of somebody known the name that was missing, role, unit and campus
are filled in; an empty cell changes nothing. Units are made by a table of units alone.

People who came from the directory and are missing in the file are switched off. Where that would cost a seat, or they
are of the office, it waits for the office instead: its home page says so.

Exit codes: 0 all done; 1 nothing done, the file cannot be read; 3 done, but for wrong rows, which are named by their
numbers, and for people whom somebody else was changing, who are left for the next time; 4 nothing done, because more
people are missing than DIRECTORY_MAY_LOSE (percent): look at the file, and say --anyway if that is right."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--anyway", action="store_true", help="also if many people are missing in the file")
        parser.add_argument("--by", metavar="ADDRESS", help="who of the office goes on record (or else the rule)")

    def handle(self, *, file: Path, dry_run: bool, anyway: bool, by: str | None, **options: Any) -> None:
        person, directory = person_at(by), self._read(file)
        busy: list[str] = []
        try:
            if directory.is_of_people:
                busy = self._say_people(directory, person, apply=not dry_run, anyway=anyway)
            else:
                self._say_units(directory, person, apply=not dry_run)
        except TooManyGone as refusal:
            raise CommandError(f"{refusal} Say --anyway if it is.", returncode=TOO_MANY_GONE) from None
        if directory.unread:
            self.stdout.write(f"Columns that are not read: {', '.join(directory.unread)}.")
        for sentence in [*map(str, directory.wrong), *busy]:
            self.stderr.write(sentence)
        if directory.wrong:
            raise CommandError(f"Wrong rows, left out: {len(directory.wrong)}.", returncode=SOME_WRONG)
        if busy:
            raise CommandError(f"People left for the next time: {len(busy)}.", returncode=SOME_WRONG)

    def _say_people(self, directory: Directory, by: Person, *, apply: bool, anyway: bool) -> list[str]:
        done = take_in(directory, by, apply=apply, anyway=anyway)
        said = "Taken in" if apply else "Would be taken in"
        self.stdout.write(
            f"{said}: {done.rows} rows; {done.new} new, {done.changed} changed, {done.same} as before, "
            f"{done.off} switched off already, {done.left} left and switched off, {done.asked} to ask the office about."
        )
        for sentence in done.unknown_words:
            self.stdout.write(sentence)
        if directory.is_unsure:
            self.stdout.write("Nobody is switched off: a row has no address, so it is not known who is missing.")
        return done.busy

    def _say_units(self, directory: Directory, by: Person, *, apply: bool) -> None:
        done = take_in_units(directory, by, apply=apply)
        said = "Taken in" if apply else "Would be taken in"
        self.stdout.write(
            f"{said}: {done.rows} rows; {done.new} new units, {done.changed} changed, {done.same} as before."
        )
        directory.wrong = sorted([*directory.wrong, *done.wrong])

    def _read(self, file: Path) -> Directory:
        try:
            return read_directory(content_of(file, LARGEST))
        except Unreadable as error:
            raise CommandError(f"Nothing was done. {error}", returncode=NOTHING_DONE) from None
