"""A schedule of many rows is a worker's: its page shows how far it is, what it found, and what came of it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.utils import timezone

from devtools.testing.page import read
from operations.tasks import forget
from sessions_app.models import ScheduleImport, SeasonFile, Session
from sessions_app.models.season_file import GAVE_UP
from sessions_app.tasks import take_in_season, take_in_seasons

pytestmark = pytest.mark.django_db
PAGE = "/admin/sessions_app/scheduleimport/add/"


@pytest.fixture
def long_table(workshop) -> str:
    """A table of 230 dates of one workshop."""
    first = timezone.localdate() + timedelta(days=100)
    rows = (f"{workshop.title},{first + timedelta(days=number)},12:30,14:00" for number in range(230))
    return "\n".join(["workshop,date,start,end", *rows])


@pytest.fixture
def given(clerk):
    """given(table) uploads it, and returns its page; given.look() opens the page again."""

    class Given:
        def __call__(self, table: str):
            upload = SimpleUploadedFile("season.csv", table.encode())
            answer = clerk.post(PAGE, {"file": upload, "dates": ""})
            assert answer.status_code == 302
            self.url = answer.url
            return clerk.get(answer.url)

        def look(self, **options):
            return read(clerk.get(self.url, **options))

        def press(self, name: str):
            return clerk.post(self.url, self.look().form(id="scheduleimport_form").data | {name: "1"})

    return Given()


def test_a_long_table_is_looked_at_by_a_worker_and_put_up(given, long_table):
    page = given(long_table)
    assert page["Refresh"] == "2" and "230 rows are being looked at. Nothing is saved yet." in read(page).text
    take_in_seasons()
    page = given.look()
    assert "230 dates to put up. Nothing is saved yet." in page.text and not Session.objects.exists()
    assert given.press("publish").status_code == 302
    assert "230 rows are being put up, all of them or none." in given.look().text
    take_in_seasons()
    page = given.look(follow=True)
    assert "The dates are put up: 230 published, 0 to publish." in page.text
    assert "and 30 more" in page.text  # the page of the import names 200
    assert Session.objects.filter(status="open", imported=ScheduleImport.objects.get()).count() == 230
    assert SeasonFile.objects.get().text == ""


def test_what_is_wrong_is_named_and_nothing_is_put_up(given, long_table):
    given(long_table.replace("12:30,14:00", "25:30,14:00", 3))
    take_in_seasons()
    page = given.look()
    assert "3 rows cannot be read or put up." in page.text
    assert page.text.count("“25:30” is not a time for “start”. Write it like 13:30.") == 3
    assert "Put up and publish" not in page.button_names
    # Somebody who presses a button that was there before is answered with the same page.
    assert SeasonFile.objects.get().want("publish")
    take_in_seasons()
    assert "3 rows cannot be read or put up." in given.look().text and not Session.objects.exists()


def test_a_change_that_is_another_since_is_shown_again(given, long_table, clerk):
    given(long_table)
    take_in_seasons()
    given.press("publish")
    take_in_seasons()
    given(long_table.replace("14:00", "14:30", 1))
    take_in_seasons()
    assert "One session changes." in given.look().text
    session = Session.objects.first()
    session.meetings.update(ends_at=session.ends_at - timedelta(minutes=5))
    given.press("drafts")
    take_in_seasons()
    assert "What these dates change is not what it was when you looked." in given.look().text
    given.press("drafts")
    take_in_seasons()
    session.refresh_from_db()
    assert session.ends_at - session.starts_at == timedelta(hours=2)
    assert "Changed: 1." in given.look().text


def test_two_workers_do_not_both_take_a_file(given, long_table):
    given(long_table)
    file = SeasonFile.objects.get()
    assert file.claim() and not SeasonFile.objects.get().claim()
    take_in_season(file.pk)
    assert not SeasonFile.objects.get().is_finished
    take_in_season(file.pk + 1)  # one that is deleted by now


def test_a_worker_that_died_is_followed_by_another_and_given_up_on(given, long_table):
    given(long_table)
    file = SeasonFile.objects.get()
    for tries in (1, 2, 3):
        SeasonFile.objects.update(claimed_at=timezone.now() - SeasonFile.LEASE)
        assert file.claim() and file.tries == tries
    SeasonFile.objects.update(claimed_at=timezone.now() - SeasonFile.LEASE)
    take_in_seasons()
    assert GAVE_UP in given.look().text


def test_a_worker_that_stumbles_leaves_the_file_to_the_next(given, long_table, monkeypatch):
    def stumble(file):
        raise OperationalError("lock timeout")

    given(long_table)
    with monkeypatch.context() as patch:
        patch.setattr("sessions_app.tasks.work_on", stumble)
        take_in_seasons()
    assert "230 rows are being looked at." in given.look().text
    take_in_seasons()
    assert "230 dates to put up." in given.look().text


def test_a_second_press_changes_nothing(given, long_table):
    given(long_table)
    file = SeasonFile.objects.get()
    assert not file.want("publish")  # it is being looked at
    take_in_season(file.pk)
    assert file.want("publish", "") and not SeasonFile.objects.get().want("drafts")


def test_files_are_forgotten_after_a_day(given, long_table):
    given(long_table)
    forget("season-files")
    assert SeasonFile.objects.exists()
    SeasonFile.objects.update(made_at=timezone.now() - timedelta(days=1))
    forget("season-files")
    assert not SeasonFile.objects.exists()
