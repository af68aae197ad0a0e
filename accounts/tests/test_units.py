"""A unit is part of another one, in no circle; and people represent it (Champion)."""

from datetime import date, timedelta

import pytest

from accounts.models import Champion, Person, Unit
from accounts.models.champion import today
from accounts.signals import person_changed
from foundation.record import LogEntry

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
