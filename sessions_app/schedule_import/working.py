"""What a worker does with a schedule of many rows: look at it, or put it up; and what its page then shows."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import transaction

from accounts.models import Person
from foundation import database_clock
from sessions_app.models.season_file import SeasonFile
from sessions_app.schedule_import.foreseeing import Foreseen, counted, foresee
from sessions_app.schedule_import.importing import Imported, NotAgreed, WrongRows, take_in, venue_zones
from sessions_app.schedule_import.reading import PlannedSession, WrongRow, read_schedule

# Rows that a page names one by one, of those with something to know; every wrong row is named.
MOST_SHOWN = 300
FIELDS = (
    "row",
    "title",
    "day",
    "times",
    "place",
    "further",
    "is_known",
    "held",
    "meant",
    "problem",
    "changes",
    "told",
    "concerns",
)
CHANGED_SINCE = "What these dates change is not what it was when you looked. Look at it again, and press again."


def work_on(file: SeasonFile) -> None:
    """Do what is wanted of a file that was claimed, and write down what came of it."""
    file.note("Reading the rows", 0)
    plans, wrong = read_schedule(file.text.encode(), file.time_zone, venue_zones())
    if file.wants == SeasonFile.Wants.LOOK:
        _look(file, plans, wrong)
        return
    try:
        # The end of the work is written with the work itself.
        with transaction.atomic():
            imported = take_in(
                plans,
                wrong,
                Person.objects.get(pk=file.made_by_id),
                publish=file.wants == SeasonFile.Wants.PUBLISH,
                agreed=file.agreed,
                note=file.note,
            )
            file.finish({"done": done_in_numbers(imported)}, imported.made_by_it)
    except WrongRows as refusal:
        _look(file, plans, refusal.rows)
    except NotAgreed:
        _look(file, plans, wrong, CHANGED_SINCE)


def _look(file: SeasonFile, plans: Sequence[PlannedSession], wrong: Sequence[WrongRow], said: str = "") -> None:
    file.note("Holding the dates against what is there", len(plans) // 2)
    sentences = {one.row for one in wrong}
    foresight = foresee([plan for plan in plans if plan.row not in sentences], wrong, database_clock.now())
    rows = foresight.rows
    shown = [row for row in rows if row.problem]
    shown += islice((row for row in rows if not row.problem and _says_something(row)), MOST_SHOWN)
    found = {
        "rows": [{name: getattr(row, name) for name in FIELDS} for row in sorted(shown, key=lambda row: row.row)],
        "agreement": foresight.agreement,
        "said": said,
        "problems": sum(bool(row.problem) for row in rows),
        **counted(rows),
    }
    file.finish(found | {"more": _more(rows, shown)})


def _says_something(row: Foreseen) -> bool:
    return bool(row.changes or row.concerns or row.meant or (row.held and "with" in row.held))


def _more(rows: Iterable[Foreseen], shown: Sequence[Foreseen]) -> int:
    """Return how many rows with something to know are not shown."""
    return sum(1 for row in rows if row.problem or _says_something(row)) - len(shown)


def done_in_numbers(imported: Imported) -> dict[str, Any]:
    """Return what an import did."""
    published = len(imported.published)
    return {
        "published": published,
        "drafts": len(imported.sessions) - published,
        "held": len(imported.held),
        "changed": len(imported.changed),
        "known": imported.known_already,
    }
