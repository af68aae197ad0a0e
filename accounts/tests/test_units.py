"""A unit is part of another one, in no circle; and people represent it (Champion)."""

from datetime import date, timedelta

import pytest

from accounts.models import Champion, Person, Unit
from accounts.models.champion import today
from accounts.signals import person_changed
from devtools.testing.requesting import ask
from foundation.record import LogEntry
from sessions_app.models import SessionRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def medicine() -> list[Unit]:
    """Three units: the third is part of the second, which is part of the first."""
    made: list[Unit] = []
    for name in ("Medicine", "Pediatrics", "Neonatology"):
        made.append(Unit.objects.create(name=name, parent=made[-1] if made else None))
    return made


def said_of(unit) -> list[str]:
    entries = LogEntry.objects.filter(object_id=unit.pk, content_type__model="unit").order_by("pk")
    return list(entries.values_list("change_message", flat=True))


# ---- part of ----


def test_a_unit_is_put_under_another_and_that_is_on_record(medicine, office):
    whole, part, _ = medicine
    other = Unit.objects.create(name="Children’s Hospital")
    part.put_under(other, by=office)
    part.put_under(other, by=office)
    part.refresh_from_db()
    assert part.parent == other
    assert said_of(part) == ["Part of: from Medicine to Children’s Hospital."]


@pytest.mark.parametrize(
    "under,said",
    [
        (0, "Medicine cannot be part of itself."),
        (1, "Medicine is part of Pediatrics, which is part of Medicine."),
        (2, "Medicine is part of Neonatology, which is part of Pediatrics, which is part of Medicine."),
    ],
)
def test_a_circle_is_refused_by_its_name(medicine, office, under, said):
    with pytest.raises(Unit.Circle) as refusal:
        medicine[0].put_under(medicine[under], by=office)
    assert str(refusal.value) == said
    assert Unit.objects.get(name="Medicine").parent is None


def test_another_head_count_is_on_record_once(medicine, office):
    for _ in range(2):
        medicine[1].count_heads(230, by=office)
    medicine[1].count_heads(None, by=office)
    assert said_of(medicine[1]) == ["Head count: from nothing to 230.", "Head count: from 230 to nothing."]


# ---- a unit goes ----


def test_a_deleted_unit_leaves_its_parts_to_the_one_above(medicine, people, office):
    (one,) = people(1, unit=medicine[1])
    medicine[1].remove(by=office)
    one.refresh_from_db()
    assert one.unit is None
    assert Unit.objects.get(name="Neonatology").parent == medicine[0]
    assert LogEntry.objects.get(object_id=one.pk, content_type__model="person").change_message == (
        "Unit: from Pediatrics to nothing. The unit was deleted."
    )


def test_a_merged_unit_takes_along_all_that_points_to_it(medicine, people, office, workshop, now):
    one, other = people(2, unit=medicine[1])
    asked = ask(one, workshop, now)
    SessionRequest.objects.update(unit=medicine[1])
    into = Unit.objects.create(name="Pediatrics and Child Health")
    medicine[1].count_heads(230, by=office)
    for person, unit, since in ((one, medicine[1], 3), (one, into, 9), (other, medicine[1], 9)):
        Champion.objects.appoint(person, unit, by=office, since=date(2026, since, 1))
    medicine[1].merge_into(into, by=office)
    into.refresh_from_db()
    asked.refresh_from_db()
    assert not Unit.objects.filter(name="Pediatrics").exists()
    assert {each.unit for each in Person.objects.filter(pk__in=[one.pk, other.pk])} == {into}
    assert (into.head_count, asked.unit) == (230, into)
    assert Unit.objects.get(name="Neonatology").parent == into
    assert set(into.champions.values_list("person", "since")) == {
        (one.pk, date(2026, 3, 1)),
        (other.pk, date(2026, 9, 1)),
    }


def test_a_unit_merged_into_its_own_part_makes_no_circle(medicine, office):
    medicine[0].merge_into(medicine[2], by=office)
    assert dict(Unit.objects.values_list("name", "parent__name")) == {"Neonatology": None, "Pediatrics": "Neonatology"}


def test_a_unit_is_not_merged_into_itself(medicine, office):
    with pytest.raises(Unit.Refused, match="Choose another unit"):
        medicine[0].merge_into(Unit.objects.get(pk=medicine[0].pk), by=office)


def test_a_merge_knows_every_row_that_points_to_a_unit():
    """A new foreign key to a unit says here, and in the verb or a receiver of unit_merged, what becomes of it."""
    found = {f"{each.related_model._meta.label}.{each.field.name}" for each in Unit._meta.related_objects}
    assert found == {
        "accounts.Unit.parent",
        "accounts.Person.unit",
        "accounts.Champion.unit",
        "accounts.SchoolRecord.unit",
        "accounts.UnitName.unit",
        "sessions_app.SessionRequest.unit",
    }


# ---- champions ----


def test_somebody_represents_a_unit_until_that_ends(medicine, person, office):
    champion = Champion.objects.appoint(person, medicine[0], by=office, since=date(2026, 1, 15))
    assert Champion.objects.appoint(person, medicine[0], by=office) == champion
    assert list(medicine[0].champions.standing()) == [champion]
    for _ in range(2):
        champion.end(by=office)
    champion.refresh_from_db()
    assert champion.until == today()
    assert not medicine[0].champions.standing()
    again = Champion.objects.appoint(person, medicine[0], by=office)
    assert again != champion
    assert said_of(medicine[0]) == [
        "Person 1 is a champion since 2026-01-15.",
        f"Person 1 is no champion any more: until {today().isoformat()}.",
        f"Person 1 is a champion since {today().isoformat()}.",
    ]


def test_a_day_to_come_and_somebody_switched_off_are_refused(medicine, people, office):
    one, other = people(2)
    Person.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(Champion.Refused, match="This day has not come yet"):
        Champion.objects.appoint(one, medicine[0], by=office, since=today() + timedelta(days=1))
    with pytest.raises(Champion.Refused, match="Person 2 is switched off, and so represents nobody."):
        Champion.objects.appoint(other, medicine[0], by=office)
    champion = Champion.objects.appoint(one, medicine[0], by=office)
    for day in (today() + timedelta(days=1), today() - timedelta(days=1)):
        with pytest.raises(Champion.Refused, match="The last day lies between"):
            champion.end(by=office, until=day)


def test_somebody_switched_off_represents_nobody_any_more(medicine, person, office):
    Champion.objects.appoint(person, medicine[0], by=office)
    person.is_active = False
    person.save(update_fields=["is_active"])
    person_changed.send(Person, person=person)
    assert not Champion.objects.standing()
