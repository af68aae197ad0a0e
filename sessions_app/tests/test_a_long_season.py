"""10,000 rows: every wrong one is named in one pass, the right file is written once, and a corrected one changes it.

It takes a while, and is the only proof that a season of that size fits into memory and into the time of a worker.
"""

import time
import tracemalloc
from datetime import timedelta
from itertools import islice

import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Workshop
from devtools.testing.cast import ZONE
from foundation.files.rows import MOST_ROWS
from notifications.models import Notice
from registrations.models import Interest
from sessions_app.models import Session
from sessions_app.schedule_import.foreseeing import foresee
from sessions_app.schedule_import.importing import WrongRows, import_schedule
from sessions_app.schedule_import.reading import read_schedule

pytestmark = pytest.mark.django_db
SECONDS, MEGABYTES = 20, 200  # of the processor: how long it takes says what else the machine does
ROWS, WRONG = 10_000, 137


def rows_of(many: int, ends: str = "14:00"):
    """Return rows of forty workshops, each row a date of its own on a workday."""
    first = timezone.localdate() + timedelta(days=60)
    days = (first + timedelta(days=number) for number in range(10_000))
    workdays = list(islice((day for day in days if day.weekday() < 5), many // 40))
    return [f"Workshop {number},{day},12:30,{ends}" for day in workdays for number in range(40)]


def table_of(rows: list[str]) -> bytes:
    return "\n".join(["workshop,date,start,end", *rows]).encode()


def with_second_meetings(rows: list[str]) -> bytes:
    """Return the table in which each row meets once more on the same day."""
    heading = "workshop,date,start,end,date_2,start_2,end_2"
    return "\n".join([heading, *(f"{row},{row.split(',')[1]},15:00,16:30" for row in rows)]).encode()


@pytest.fixture
def forty_workshops(people):
    """Forty published workshops; three people asked for dates of the first."""
    made = Workshop.objects.bulk_create(
        Workshop(title=f"Workshop {number}", slug=f"workshop-{number}", status=Workshop.Status.PUBLISHED)
        for number in range(40)
    )
    first = Workshop.objects.get(slug=made[0].slug)
    return [Interest.objects.express(person, first) for person in people(3)]


def test_every_wrong_row_of_ten_thousand_is_named_in_one_pass(forty_workshops, office):
    rows = rows_of(ROWS)
    for number in range(WRONG):
        at = number * 73
        rows[at] = rows[at].replace("12:30", ["12:60", "14:00", "midday"][number % 3])
    data = with_second_meetings(rows)
    began = time.process_time()
    plans, wrong = read_schedule(data, ZONE)
    foreseen = foresee(plans, wrong, timezone.now()).rows
    took = time.process_time() - began
    with pytest.raises(WrongRows) as refusal:
        import_schedule(data, office, ZONE, publish=True)
    assert [row.row for row in refusal.value.rows] == [number * 73 + 2 for number in range(WRONG)]
    assert sum(bool(row.problem) for row in foreseen) == WRONG and len(foreseen) == ROWS
    assert not Session.objects.exists() and took < SECONDS


def test_ten_thousand_rows_are_put_up_once_and_changed_by_a_corrected_file(forty_workshops, office):
    data = table_of(rows_of(ROWS))
    began = time.process_time()
    imported = import_schedule(data, office, ZONE, publish=True)
    took = time.process_time() - began
    assert len(imported.published) == Session.objects.filter(status="open").count() == ROWS
    assert Notice.objects.filter(kind="dated").count() == 3  # one mail for each person, however many dates
    assert took < SECONDS
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    again = import_schedule(data, office, ZONE, publish=True)
    assert (again.known_already, again.made_by_it, again.changed) == (ROWS, None, [])
    corrected = rows_of(ROWS)
    corrected[5000] = corrected[5000].replace("14:00", "15:00")
    changed = import_schedule(table_of(corrected), office, ZONE)
    assert len(changed.changed) == 1 and changed.known_already == ROWS - 1
    assert Session.objects.count() == ROWS


def test_a_thousand_rows_take_little_memory(forty_workshops, office):
    """A tenth of the most a file may hold, in a tenth of the memory that a worker has for it."""
    data = with_second_meetings(rows_of(ROWS // 10))
    tracemalloc.start()
    try:
        import_schedule(data, office, ZONE, publish=True)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEGABYTES / 10 * 1_000_000


def test_more_rows_than_a_file_may_hold_are_refused(db):
    _, wrong = read_schedule(table_of(rows_of(MOST_ROWS) + ["Workshop 1,2090-05-14,9:00,10:00"]), ZONE)
    assert [str(row) for row in wrong] == [
        f"Row {MOST_ROWS + 2}: There are more than {MOST_ROWS} rows. Take them in portions."
    ]
