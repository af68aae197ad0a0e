"""The page “Attendance and completion”, and its tables as files."""

from datetime import date
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from foundation import database_clock
from foundation.dates import local
from foundation.files.spreadsheet import as_csv
from office.base import OfficeAdmin, OwnPage
from office.numbers import attendance, completion
from outcomes.record.windows import Span, academic_year

NO_SUCH_YEAR = "There are no figures for that year. Choose one of these."


class NumbersPages(OfficeAdmin):
    """The pages under the noun session that show what came of sessions, to people who may see sessions."""

    def own_pages(self) -> list[OwnPage]:
        return [
            ("numbers/", self.numbers_view, "numbers"),
            ("numbers/sessions.csv", self.sessions_file, "numbers_sessions"),
            ("numbers/programs.csv", self.programs_file, "numbers_programs"),
            *super().own_pages(),
        ]

    def numbers_view(self, request: HttpRequest) -> HttpResponse:
        """Show the figures of one academic year, the newest unless `year` says which; 404 for a year without any."""
        self._refuse_unless_may_see(request)
        now = database_clock.now()
        years, chosen = self._years(request)
        status = HTTPStatus.OK if chosen in years else HTTPStatus.NOT_FOUND
        return self.page(
            request,
            "numbers/numbers",
            "Attendance and completion",
            status,
            years=[(year, year_words(year), year == chosen) for year in years],
            chosen=chosen,
            chosen_words=year_words(chosen) if chosen in years else "",
            problem="" if chosen in years else NO_SUCH_YEAR,
            year=attendance.year_of(span_of(chosen), now) if chosen in years else None,
            completions=completion.completions(now),
        )

    def sessions_file(self, request: HttpRequest) -> HttpResponse:
        """Answer with a row for each session of the year; 404 for a year without any."""
        self._refuse_unless_may_see(request)
        years, chosen = self._years(request)
        if chosen not in years:
            return self.numbers_view(request)
        lines = attendance.year_of(span_of(chosen), database_clock.now()).sessions
        rows = [[line.title, line.day, *line.figures.row()] for line in lines]
        return _file([["Workshop", "Day", *attendance.COLUMNS], *rows], f"attendance-{year_words(chosen)}")

    def programs_file(self, request: HttpRequest) -> HttpResponse:
        """Answer with a row for each program."""
        self._refuse_unless_may_see(request)
        found = completion.completions(database_clock.now())
        return _file([completion.COLUMNS, *(one.row() for one in found)], "completion")

    def _refuse_unless_may_see(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _years(self, request: HttpRequest) -> tuple[list[int], int]:
        """Return the years to choose from, this one among them, and the chosen one: 0 for what is no year."""
        now = database_clock.now()
        current = academic_year(local(now, settings.TIME_ZONE).date(), settings.ACADEMIC_YEAR_MONTH).first.year
        held = attendance.years_with_sessions(now)
        years = sorted({current, *held}, reverse=True)
        asked = request.GET.get("year")
        if asked is None:
            return years, held[0] if held else current
        return years, int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0


def span_of(year: int) -> Span:
    """Return the days of the academic year that begins in `year`."""
    return academic_year(date(year, settings.ACADEMIC_YEAR_MONTH, 1), settings.ACADEMIC_YEAR_MONTH)


def year_words(year: int) -> str:
    """“2026–27”; “2026” where academic years are calendar years."""
    return f"{year}" if settings.ACADEMIC_YEAR_MONTH == 1 else f"{year}–{(year + 1) % 100:02}"


def _file(rows: list, name: str) -> HttpResponse:
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    plain = name.replace("–", "-")
    response["Content-Disposition"] = f'attachment; filename="{plain}.csv"'
    return response
