"""The directory is taken in: row by row, the same twice, and nobody loses a seat by it unasked."""

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Campus, DirectoryQuestion, Person, Unit
from operations.directory import taking_in
from operations.directory.reading import Unreadable, read_directory
from operations.directory.taking_in import TooManyGone, take_in
from operations.directory.units import take_in_units
from registrations.models import Registration

pytestmark = pytest.mark.django_db
HEADING = "E-mail,Name,Affiliation,Department,Campus\n"


@pytest.fixture
def directory_places() -> None:
    """Two units and a campus."""
    Unit.objects.create(name="Pediatrics")
    Unit.objects.create(name="Surgery")
    Campus.objects.create(name="Duluth")


@pytest.fixture
def sync(directory_places, now) -> Callable:
    """sync(rows) takes in a table of people, a string of CSV below the usual heading."""
    Person.objects.rule()

    def do(rows: str, apply: bool = True, anyway: bool = False, heading: str = HEADING, at=now):
        directory = read_directory((heading + rows).encode())
        return take_in(directory, Person.objects.rule(), apply=apply, anyway=anyway, now=at)

    return do


def person_of(email: str) -> Person:
    return Person.objects.select_related("unit", "campus").get(email=email)


# ---- what it does ----


def test_somebody_new_gets_an_account_and_somebody_known_what_was_missing(sync, people):
    Person.objects.create_user("bo@example.edu")
    done = sync("ADA@Example.edu,Ada Okafor,Faculty,pediatrics,Duluth\nbo@example.edu,Bo Lind,staff,Surgery,\n")
    ada, bo = person_of("ada@example.edu"), person_of("bo@example.edu")
    assert (done.new, done.changed) == (1, 1)
    assert (ada.name, ada.role, str(ada.unit), str(ada.campus)) == ("Ada Okafor", "faculty", "Pediatrics", "Duluth")
    assert not ada.has_usable_password()
    assert (bo.name, bo.role, str(bo.unit), bo.campus) == ("Bo Lind", "staff", "Surgery", None)
    assert LogEntry.objects.get(object_id=bo.pk).change_message == (
        "Role: from nothing to Staff. Unit: from nothing to Surgery. Name: from nothing to Bo Lind. "
        "The directory says so."
    )
    assert not Registration.objects.exists()


def test_the_same_again_changes_nothing(sync):
    rows = "ada@example.edu,Ada Okafor,Faculty,Pediatrics,Duluth\nbo@example.edu,Bo,staff,Nowhere,\n"
    sync(rows)
    before = list(Person.objects.order_by("pk").values()), LogEntry.objects.count()
    done = sync(rows)
    assert (done.new, done.changed, done.same) == (0, 0, 2)
    assert (list(Person.objects.order_by("pk").values()), LogEntry.objects.count()) == before


def test_a_dry_run_says_the_same_and_writes_nothing(sync, person, make_session):
    rows = "ada@example.edu,Ada,Faculty,Pediatrics,Duluth\nperson1@example.edu,,student,Surgery,\n"
    before = list(Person.objects.order_by("pk").values())
    told = sync(rows, apply=False)
    assert list(Person.objects.order_by("pk").values()) == before
    assert not LogEntry.objects.exists()
    assert told == sync(rows)


def test_what_people_call_themselves_stays_and_an_empty_cell_changes_nothing(sync, person):
    sync("person1@example.edu,Wilhelmina Person,,Surgery,\n")
    person.refresh_from_db()
    assert (person.name, person.role, str(person.unit)) == ("Person 1", "staff", "Surgery")


def test_what_nobody_knows_here_is_named_and_left_alone(sync):
    done = sync("ada@example.edu,Ada,wizard,Cardiology,Mars\nbo@example.edu,Bo,staff,Cardiology,\n")
    assert done.unknown_words == [
        "Unit “Cardiology”, which nobody knows here: 2 rows.",
        "Campus “Mars”, which nobody knows here: 1 row.",
        "Role “wizard”, which nobody knows here: 1 row.",
    ]
    assert person_of("ada@example.edu").unit is None


# ---- who left ----


def test_who_left_is_switched_off_and_a_guest_is_not(sync, person):
    sync("ada@example.edu,Ada,staff,,\nbo@example.edu,Bo,staff,,\n")
    done = sync("ada@example.edu,Ada,staff,,\n")
    assert done.left == 1
    assert not person_of("bo@example.edu").is_active
    assert person_of(person.email).is_active
    assert sync("ada@example.edu,Ada,staff,,\nbo@example.edu,Bo,staff,,\n").off == 1
    assert not person_of("bo@example.edu").is_active


def test_who_left_with_a_seat_waits_for_the_office(sync, make_session, now, office):
    sync("ada@example.edu,Ada,staff,,\nbo@example.edu,Bo,staff,,\n")
    registration = Registration.objects.register(person_of("bo@example.edu"), make_session(), now=now)
    for asked in (1, 0):
        assert sync("ada@example.edu,Ada,staff,,\n").asked == asked
    registration.refresh_from_db()
    assert registration.is_registered
    question = DirectoryQuestion.objects.waiting().get()
    question.keep(by=office)
    assert sync("ada@example.edu,Ada,staff,,\n").asked == 0
    assert not DirectoryQuestion.objects.waiting()
    question.carry_out(by=office)
    registration.refresh_from_db()
    assert not registration.is_registered
    assert not person_of("bo@example.edu").is_active


def test_who_is_back_in_the_directory_is_asked_about_no_more(sync, make_session, now):
    both = "ada@example.edu,Ada,staff,,\nbo@example.edu,Bo,staff,,\n"
    sync(both)
    Registration.objects.register(person_of("bo@example.edu"), make_session(), now=now)
    sync("ada@example.edu,Ada,staff,,\n")
    sync(both)
    assert not DirectoryQuestion.objects.exists()
    assert person_of("bo@example.edu").is_active


def test_once_the_seat_is_over_who_left_is_switched_off(sync, make_session, now):
    sync("ada@example.edu,Ada,staff,,\nbo@example.edu,Bo,staff,,\n")
    Registration.objects.register(person_of("bo@example.edu"), make_session(), now=now)
    later = now + timedelta(days=30)
    assert sync("ada@example.edu,Ada,staff,,\n", at=later).left == 1


def test_another_role_that_would_cost_a_seat_waits_for_the_office(sync, make_session, workshop, now, office):
    sync("ada@example.edu,Ada,staff,,\n")
    workshop.for_students = False
    workshop.save(update_fields=["for_students"])
    registration = Registration.objects.register(person_of("ada@example.edu"), make_session(), now=now)
    done = sync("ada@example.edu,Ada,student,Surgery,\n")
    ada = person_of("ada@example.edu")
    assert (done.asked, ada.role, str(ada.unit)) == (1, "staff", "Surgery")
    DirectoryQuestion.objects.get().carry_out(by=office)
    registration.refresh_from_db()
    assert (person_of("ada@example.edu").role, registration.is_registered) == ("student", False)


def test_somebody_of_the_office_is_never_switched_off_by_it(sync, office):
    sync("ada@example.edu,Ada,staff,,\noffice@example.edu,,staff,,\n")
    assert sync("ada@example.edu,Ada,staff,,\n").asked == 1
    with pytest.raises(Person.Refused, match="is of the office. Take them out of its groups first."):
        DirectoryQuestion.objects.get().carry_out(by=office)
    assert person_of("office@example.edu").is_active


def test_a_directory_that_lost_half_its_rows_stops_and_asks(sync):
    rows = [f"person{number}@example.edu,Person,staff,,\n" for number in range(40)]
    sync("".join(rows))
    with pytest.raises(TooManyGone, match="20 of 40 people of the directory are missing in this file"):
        sync("".join(rows[:20]))
    assert Person.objects.filter(is_active=True, from_directory=True).count() == 40
    assert sync("".join(rows[:20]), anyway=True).left == 20


def test_nobody_is_switched_off_while_a_row_has_no_address(sync):
    sync("ada@example.edu,Ada,staff,,\nbo@example.edu,Bo,staff,,\n")
    assert sync("ada@example.edu,Ada,staff,,\nbo example.edu,Bo,staff,,\n").left == 0
    assert person_of("bo@example.edu").is_active


def test_somebody_in_a_wrong_row_has_not_left(sync):
    sync("ada@example.edu,Ada,staff,,\nbo@example.edu,Bo,staff,,\n")
    assert sync("ada@example.edu,Ada,staff,,\nbo@example.edu,=A1,staff,,\n").left == 0


# ---- what it costs ----


@pytest.mark.postgres
def test_a_portion_costs_so_many_statements_whatever_its_rows(sync, monkeypatch):
    def statements(rows: list[str]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            sync("".join(rows))
        return len(asked)

    sync("zoe@example.edu,Zoe,staff,Surgery,\n")
    zoe = "zoe@example.edu,Zoe,staff,Surgery,\n"
    first = [zoe, *(f"one{number}@example.edu,One,staff,Surgery,\n" for number in range(10))]
    many = [f"two{number}@example.edu,Two,staff,Surgery,\n" for number in range(200)]
    assert statements(first) == statements(first + many)
    everybody = first + many
    in_one = statements([row.replace("Surgery", "Pediatrics") for row in everybody])
    monkeypatch.setattr(taking_in, "PORTION", 70)
    assert statements(everybody) <= 4 * in_one


# ---- units ----


def test_a_table_of_units_says_what_each_is_part_of(directory_places, office):
    table = b"Unit,Part of,Head count\nNeonatology,Pediatrics,12\nPediatrics,Medicine,230\nMedicine,,900\n"
    for new, changed, same in ((2, 1, 0), (0, 0, 3)):
        done = take_in_units(read_directory(table), office, apply=False)
        assert (done.new, done.changed, done.same) == (new, changed, same)
        assert take_in_units(read_directory(table), office, apply=True) == done
    said = set(Unit.objects.values_list("name", "parent__name", "head_count"))
    assert said >= {("Neonatology", "Pediatrics", 12), ("Pediatrics", "Medicine", 230), ("Medicine", None, 900)}


def test_units_in_a_circle_or_under_nobody_are_left_out_and_named(directory_places, office):
    table = b"Unit,Part of\nA,B\nB,C\nC,A\nSurgery,Nowhere\nD,D\n"
    done = take_in_units(read_directory(table), office, apply=True)
    assert [str(each) for each in done.wrong] == [
        "Row 4, column “part of”: C is part of A, which is part of B, which is part of C.",
        "Row 5, column “part of”: There is no unit “Nowhere”, here or in this table.",
        "Row 6, column “part of”: D is part of D.",
    ]
    assert Unit.objects.get(name="A").parent.name == "B"


# ---- what is wrong with a file ----


@pytest.mark.parametrize(
    "data,said",
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (HEADING.encode(), "The file has a heading, and no row below it."),
        (b"Phone,Shoe size\n1,2\n", "It names “Phone”, “Shoe size”."),
        (b"E-mail,Mail\na@example.edu,b@example.edu\n", "Row 1, column “Mail”: Two columns are the email."),
        ("E-mail,Name\na@example.edu,Ren\xe9\n".encode("latin-1"), "Row 2: This file is not UTF-8."),
        (b"PK\x03\x04 nothing of the kind", "Row 1: This file cannot be read as XLSX."),
        (b'E-mail,Name\na@example.edu,"' + b"x" * 200_000 + b'"\n', "A cell of this row is longer than"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(data, said):
    with pytest.raises(Unreadable) as refusal:
        read_directory(data)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "row,said",
    [
        ("ada okafor@example.edu,Ada", "Row 3, column “E-mail”: Enter an e-mail address like name@school.edu."),
        (",Ada", "Row 3, column “E-mail”: Enter an e-mail address like name@school.edu."),
        ("BO@example.edu,Bo", "Row 3, column “E-mail”: Row 2 has the same one already."),
        ('ada@example.edu,"=HYPERLINK(""x"")"', "Row 3, column “Name”: This is a formula."),
        (f"ada@example.edu,{'x' * 121}", "Row 3, column “Name”: This is longer than 120 characters."),
        ("ada@example.edu,Ada\x00", "Row 3, column “Name”: Enter this on one line"),
    ],
)
def test_a_wrong_row_is_named_with_its_column_and_the_others_are_read(row, said):
    directory = read_directory(f"E-mail,Name\nbo@example.edu,Bo\n{row}\nada2@example.edu,Ada\n".encode())
    assert [each for each in map(str, directory.wrong) if said in each] == list(map(str, directory.wrong))
    assert [line.email for line in directory.people] == ["bo@example.edu", "ada2@example.edu"]


def test_a_spreadsheet_reads_as_a_table(directory_places):
    book = openpyxl.Workbook()
    for row in (["E-mail", "Name", "Phone"], ["ada@example.edu", "Ada", 5], [None, None, None]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    directory = read_directory(file.getvalue())
    assert ([line.email for line in directory.people], directory.unread) == (["ada@example.edu"], ["Phone"])


# ---- the command ----


@pytest.mark.parametrize(
    "text,code,said",
    [
        ("E-mail\nada@example.edu\n", 0, "Taken in: 1 rows; 1 new, 0 changed"),
        ("Phone\n1\n", 1, "Nothing was done."),
        ("E-mail\nada@example.edu\nnonsense\n", 3, "Wrong rows, left out: 1."),
    ],
)
def test_the_command_says_in_its_exit_code_what_came_of_it(tmp_path, text, code, said, caplog):
    file, told = tmp_path / "people.csv", io.StringIO()
    file.write_text(text)
    try:
        call_command("sync_people", str(file), stdout=told, stderr=told)
    except CommandError as error:
        assert error.returncode == code
        told.write(str(error))
    else:
        assert code == 0
    assert said in told.getvalue()
    assert "example.edu" not in told.getvalue() + caplog.text


def test_the_command_stops_where_many_are_missing_until_told_otherwise(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("E-mail\n" + "".join(f"person{number}@example.edu\n" for number in range(12)))
    call_command("sync_people", str(file), stdout=io.StringIO())
    file.write_text("E-mail\nperson1@example.edu\n")
    with pytest.raises(CommandError) as refusal:
        call_command("sync_people", str(file), stdout=io.StringIO())
    assert refusal.value.returncode == 4
    call_command("sync_people", str(file), "--anyway", stdout=io.StringIO())
    assert Person.objects.filter(from_directory=True, is_active=True).count() == 1
