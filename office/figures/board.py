"""The coverage board: which units are represented in a program or in all sessions of an academic year, and by whom."""

from collections import defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import urlencode

from accounts.models import Champion, Person, Unit
from catalog.models import Program
from foundation import database_clock
from office.base import acting
from office.figures.page import file, local_today, page, refuse_unless
from office.figures.ranges import year_words
from office.figures.tables import Row, Table, as_file
from outcomes.figures.coverage import Coverage, Covered, coverage_of
from outcomes.figures.hiding import LEAST
from outcomes.models import KeptFigures
from outcomes.models.kept_figures import year_of_day
from sessions_app.models import Session

# People who may read who comes to a session may know that it was somebody.
MAY_SEE_NAMES = "registrations.view_registration"
# As many dates to ask somebody to as one looks through.
MOST_DATES = 12
NO_SUCH = "There is no such board. Choose a program and an academic year here."


class BoardForm(forms.Form):
    """The academic year, the one that goes on if none is chosen, and the program, all sessions if none is."""

    program = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    year = forms.TypedChoiceField(label="Academic year", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, programs: dict[int, str], years: list[int]) -> None:
        super().__init__(data)
        chosen: Any = self.fields["program"]
        chosen.choices = [("", "All sessions"), *programs.items()]
        chosen = self.fields["year"]
        chosen.choices = [("", "This year"), *((year, year_words(year)) for year in years)]


class BoardLine(NamedTuple):
    """One unit on the board, as it is read. `said` is what people read who may see names, where that is more."""

    covered: Covered
    share: str
    represented: str
    said: str
    champions: list[str]


@dataclass(frozen=True)
class Board:
    """The board of one program (None for all sessions) in one academic year."""

    program: Program | None
    year: int
    coverage: Coverage
    lines: list[BoardLine]
    kept: KeptFigures | None

    @property
    def title(self) -> str:
        return f"{self.program or 'All sessions'}, {year_words(self.year)}"

    @property
    def query(self) -> str:
        return urlencode({"program": self.program.pk if self.program else "", "year": self.year})

    @property
    def table(self) -> Table:
        """The board as it is handed on: without what only people read who may see names."""
        rows = [
            Row(
                line.covered.name,
                [line.represented, len(line.champions), line.covered.head_count or "", line.covered.told, line.share],
                line.covered.depth,
            )
            for line in self.lines
        ]
        columns = ["Represented", "Champions", "Head count", "People who took part", "Share of the head count"]
        return Table("coverage", self.title, "Unit", columns, rows)


def _asked(request: HttpRequest) -> tuple[BoardForm, Board | None]:
    """Return the form, and the board it asks for; None where there is no such board."""
    programs = {one.pk: one for one in Program.objects.published().order_by("position", "title")}
    current = year_of_day(local_today())
    kept = {one.year: one for one in KeptFigures.objects.all()}
    years = sorted({current, *kept}, reverse=True)
    form = BoardForm(request.GET, programs={pk: one.title for pk, one in programs.items()}, years=years)
    if not form.is_valid():
        return form, None
    program, year = programs.get(form.cleaned_data["program"]), form.cleaned_data["year"] or current
    may_see_names = acting(request).has_perm(MAY_SEE_NAMES)
    return form, _board(program, year, kept.get(year), may_see_names)


def _board(program: Program | None, year: int, kept: KeptFigures | None, may_see_names: bool) -> Board:
    coverage = coverage_of(kept.counted if kept else None, program)
    champions: dict[str, list[str]] = defaultdict(list)
    for one in Champion.objects.standing().select_related("person").order_by("person__name", "pk"):
        champions[str(one.unit_id)].append(str(one.person) if may_see_names else "one")
    lines = [_line(each, champions[each.key], may_see_names) for each in coverage.lines]
    return Board(program, year, coverage, lines, kept)


def _line(covered: Covered, champions: list[str], may_see_names: bool) -> BoardLine:
    share = ""
    if isinstance(covered.told, int) and covered.head_count and covered.head_count >= covered.told + LEAST:
        share = f"{round(100 * covered.told / covered.head_count)} %"
    represented = "Yes" if covered.is_represented else "No"
    said = ""
    if may_see_names and not covered.is_represented and covered.people:
        said = "Yes, by fewer than five" if covered.people < LEAST else "Yes"
    return BoardLine(covered, share, represented, said, champions)


def board_page(request: HttpRequest) -> HttpResponse:
    """Show the board of `program` and `year`; 404 where there is none."""
    refuse_unless(request)
    form, board = _asked(request)
    status = HTTPStatus.OK if board else HTTPStatus.NOT_FOUND
    person = acting(request)
    return page(
        request,
        "board",
        "Coverage",
        status,
        form=form,
        board=board,
        problem="" if board else NO_SUCH,
        may_see_names=person.has_perm(MAY_SEE_NAMES),
    )


def board_file(request: HttpRequest, form: str) -> HttpResponse:
    """Answer with the board as a file; with the page that says so where there is none."""
    refuse_unless(request)
    _, board = _asked(request)
    if board is None:
        return board_page(request)
    name = f"coverage-{board.program.slug if board.program else 'all'}-{board.year}"
    return file(as_file([board.table], form, "Coverage"), form, name)


def asking_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the dates to which somebody of a unit can be asked; each leads to its nominations."""
    refuse_unless(request)
    unit = get_object_or_404(Unit, pk=pk)
    _, board = _asked(request)
    coming = Session.objects.listed().joinable(database_clock.now()).select_related("workshop")
    if board and board.program:
        coming = coming.filter(workshop__in=board.program.workshops.all())
    return page(
        request,
        "asking",
        f"Ask somebody from {unit}",
        unit=unit,
        board=board,
        dates=list(coming.order_by("starts_at", "pk")[:MOST_DATES]),
        champions=Champion.objects.standing().filter(unit=unit).select_related("person"),
        colleagues=Person.objects.filter(unit=unit, is_active=True).count(),
    )
