"""check_invariants of units and figures: each breach, made behind the back of the verbs, is found."""

import pytest

from accounts.models import Unit
from operations.invariants import breaches
from outcomes.figures.keeping import keep_year
from outcomes.models import KeptFigures
from outcomes.models.kept_figures import year_of_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures_kept(hold, people, now):
    """Six people who came to one session, and the figures of its year."""
    session = hold(0, persons=people(6), here=6)
    keep_year(year_of_day(session.ends_at.date()), now)
    return KeptFigures.objects.get()


def test_sound_units_and_figures_break_nothing(figures_kept, office, now):
    ward = Unit.objects.create(name="Ward", parent=Unit.objects.create(name="Hospital"))
    Unit.objects.create(name="Bed", parent=ward)
    assert figures_kept.counted.people == 6
    assert list(breaches(now)) == []


def test_units_in_a_circle_are_found_once(now):
    one, two, three = (Unit.objects.create(name=name) for name in ("One", "Two", "Three"))
    Unit.objects.create(name="Below", parent=one)
    for unit, parent in ((one, two), (two, three), (three, one)):
        Unit.objects.filter(pk=unit.pk).update(parent=parent)
    assert list(breaches(now)) == [f"unit {one.pk}: it is part of itself, by way of 3 units."]


@pytest.mark.parametrize("name", ["roles", "units", "campuses"])
def test_a_person_in_no_cell_is_found(figures_kept, now, name):
    figures_kept.counts[name] = {"": 5}
    figures_kept.save()
    year = figures_kept.year
    assert list(breaches(now)) == [f"G20 figures of {year}: 6 people are counted, and 5 in {name}."]


def test_more_first_timers_than_people_are_found(figures_kept, now):
    figures_kept.counts["first"] = 7
    figures_kept.save()
    assert list(breaches(now)) == [f"G20 figures of {figures_kept.year}: 7 people came first, of 6."]
