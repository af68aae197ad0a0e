"""A year in figures, as it is kept."""

import pytest


@pytest.fixture
def counted_year(workshop, now):
    """A year as it was counted, and the one before, with large figures and small ones; returns the program in it."""
    from accounts.models import Unit
    from catalog.models import Program, Workshop
    from outcomes.figures.telling import Counted, OfCredit, OfObjective, OfProgram, OfWorkshop
    from outcomes.models import KeptFigures
    from outcomes.models.kept_figures import year_of_day

    hospital = Unit.objects.create(name="Hospital", head_count=500)
    surgery = Unit.objects.create(name="Surgery", parent=hospital, head_count=60)
    library = Unit.objects.create(name="Library", head_count=9)
    program = Program.objects.create(title="Allies", slug="allies", status="published")
    other = Workshop.objects.create(title="Allyship", slug="allyship", status="published")
    program.entries.create(workshop=other)
    counted = Counted(
        people=1204,
        first=300,
        minutes=108_000,
        roles={"faculty": 600, "staff": 601, "student": 3},
        units={str(hospital.pk): 900, str(surgery.pk): 302, str(library.pk): 2},
        campuses={"": 1204},
        modes={"online": 1000, "in_person": 400},
        workshops={str(workshop.pk): OfWorkshop(40, 1300, 900, 100_000), str(other.pk): OfWorkshop(9, 140, 130, 8_000)},
        programs={str(program.pk): OfProgram([str(other.pk)], {str(surgery.pk): 120, str(library.pk): 1})},
        objectives=[OfObjective(str(workshop.pk), "Name it.", [0, 9, 0, 0, 0], [0, 0, 0, 9, 0])],
        credit=[OfCredit("1", 150_050, 900)],
        waited=4,
        interested=31,
    )
    year = year_of_day(now.date())
    KeptFigures.objects.keep(year, counted, now)
    KeptFigures.objects.keep(year - 1, counted, now)
    return program
