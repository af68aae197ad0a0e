"""`manage.py import_schedule FILE.csv`: put a season of dates up in one go."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.values.zones import read_zone
from operations.management.arguments import content_of, person_at
from sessions_app.schedule_import.importing import WrongRows, import_schedule

LARGEST = 5_000_000  # bytes; a season is a few thousand


class Command(BaseCommand):
    help = """Put the dates of a CSV file up as sessions, all of them or, if any row is wrong, none.

The first row names the columns: workshop, date (2024-05-14), start and end (13:30, local time). These may be added:
venue (“Building Room”, one that exists), join_link, time_zone (like America/Chicago), format (online, in_person or
hybrid), capacity, minimum, facilitators (names, with semicolons between them). An empty cell means what the workshop
says; an empty time_zone means that of the venue’s campus. Save a spreadsheet as XLSX, “CSV UTF-8” or “Unicode Text”;
commas, semicolons and tabs are all read.

Further meetings of a session are columns too: date_2, start_2 and end_2, then date_3, up to date_20. venue_2,
join_link_2 and time_zone_2 may be added; where they are empty the meeting is where the first one is.

Dates and times may stand as Excel writes them (5/14/2027, 14-May-27, 1:30 PM). All dates of a file in numbers are read
in the one order in which each of them is a day; where both orders would do, the row is refused. An end before the start
is on the next day; a meeting lasts 12 hours at most.

A session online and in person has as many seats in the room as its venue holds, and the rest of its capacity online;
where that leaves none online the office says how many of each there are, before it publishes.

New sessions are drafts for the office to look over and publish. With --publish those of published workshops are opened
for registration at once. A title nobody knows becomes a draft workshop.

A row is of a session that is there by its code (the eight letters of its address, in a column “code”), or by the same
workshop and the same start. Where it says something else of that session it changes it, and people who registered are
told as of every change; otherwise it is left alone, so a corrected file can be imported again. Where the file has
columns for a second meeting, a row without one cancels that of its session. Another format keeps everybody in it.

What is over already goes on record as held, and nobody is told; the columns attended (how many were there) or attendees
(names and addresses, with semicolons between them) say who was there."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--time-zone", default=settings.TIME_ZONE, help="of rows that name neither zone nor venue (%(default)s)"
        )
        parser.add_argument("--publish", action="store_true", help="open sessions of published workshops at once")
        parser.add_argument(
            "--by", metavar="ADDRESS", help="who of the office goes on record (otherwise the portal does)"
        )

    def handle(self, *, file: Path, time_zone: str, publish: bool, by: str | None, **options: Any) -> None:
        data, person = content_of(file, LARGEST), person_at(by)
        try:
            time_zone = read_zone(time_zone)
        except ValidationError as error:
            raise CommandError(error.message) from None
        try:
            imported = import_schedule(data, person, time_zone, publish=publish)
        except WrongRows as error:
            for row in error.rows:
                self.stderr.write(str(row))
            raise CommandError(f"Nothing was imported. Wrong: {_counted(len(error.rows), 'row')}.") from None
        for workshop in imported.drafted_workshops:
            self.stdout.write(f"New draft workshop: {workshop}")
        for session in imported.sessions:
            self.stdout.write(f"New {session.get_status_display().lower()} session: {session}")
        for session in imported.held:
            self.stdout.write(f"Put on record as held: {session}")
        for session in imported.changed:
            self.stdout.write(f"Changed: {session}")
        drafts = len(imported.sessions) - len(imported.published)
        self.stdout.write(
            f"Scheduled {_counted(len(imported.sessions), 'session')}"
            f" ({len(imported.published)} open, {_counted(drafts, 'draft')} to publish in the admin)"
            f" and drafted {_counted(len(imported.drafted_workshops), 'workshop')}."
            f" There already: {imported.known_already}."
            + (f" Held before: {len(imported.held)}." if imported.held else "")
            + (f" Changed: {len(imported.changed)}." if imported.changed else "")
        )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
