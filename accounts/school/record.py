"""SchoolRecord: what the school's sign-in said of a person when they last used it; UnitName: what its units are here.

What the school says is not typed over on the profile (`fields_held`). A unit that nobody here knows is kept in its own
words until the office says which unit that is.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from accounts.models.campus import Campus
from accounts.models.people import Person
from accounts.models.units import Unit
from accounts.school.said import Said
from accounts.signals import person_changes_now
from foundation import database_clock
from foundation.record import record
from foundation.values.lines import LineField
from foundation.verbs import lock_row, part_of_a_verb, verb


class UnitNameManager(models.Manager["UnitName"]):
    @part_of_a_verb
    def move(self, unit: Unit, other: Unit) -> None:
        """Let all that means `unit`, its own name too, mean `other` from now on."""
        self.filter(unit=unit).update(unit=other)
        SchoolRecord.objects.filter(unit=unit).update(unit=other)
        self.update_or_create(words=unit.name, defaults={"unit": other})


class UnitName(models.Model):
    """A unit in the words of the school's sign-in, and the Unit that is meant; none until the office has said so."""

    words = LineField(max_length=120, unique=True)
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="school_names")

    objects = UnitNameManager()

    class Meta:
        ordering = ["words"]
        verbose_name = "unit name of the school"
        verbose_name_plural = "unit names of the school"

    def __str__(self) -> str:
        return self.words

    @verb
    def stand_for(self, unit: Unit | None, by: Person) -> int:
        """Let these words mean `unit`, for the people the school says it of too. Returns how many people that changed.

        None takes the meaning away; the people keep the unit they have.
        """
        lock_row(self, "unit")
        if self.unit == unit:
            return 0
        before, self.unit = self.unit, unit
        self.save(update_fields=["unit"])
        record(by, self, f"Means: from {before or 'no unit'} to {unit or 'no unit'}.")
        spoken_of = SchoolRecord.objects.filter(unit_words=self.words)
        spoken_of.update(unit=unit)
        people = [each.person for each in spoken_of.select_related("person").order_by("person")] if unit else []
        return sum(bool(person.take_from_school(unit=unit)) for person in people)


class SchoolRecordManager(models.Manager["SchoolRecord"]):
    @verb
    def refresh(self, person: Person, said: Said) -> None:
        """Take what the school says now: into this record, and into the profile where it says something.

        A role of which the school says nothing more, and said something before, has ended: the person has left, and is
        Other. A unit or campus that it says no more, or that is not known here, is taken away if it came from there.
        """
        before = self.filter(person=person).first()
        if before is None or (said.role, said.campus) != (before.role, before.campus_words):
            person_changes_now.send(Person, person=person)
        lock_row(person)
        known = self.filter(person=person).first() or SchoolRecord(person=person)
        has_left = has_left_the_school(said, known)
        role = Person.Role.OTHER.value if has_left else said.role
        unit, campus = unit_called(said.unit), Campus.objects.filter(name__iexact=said.campus).first()
        fields: dict[str, Any] = {"name": said.name, "role": role, "unit": unit, "campus": campus}
        # What is taken away: only what the school has said before.
        gone = {name: None for name in ("unit", "campus") if not fields[name] and known.holds_still(name)}
        person.take_from_school(**{name: value for name, value in fields.items() if value} | gone)
        known.provider, known.name, known.role, known.has_left = said.provider, said.name, role, has_left
        known.unit_words, known.unit = said.unit, unit
        known.campus_words, known.campus = said.campus, campus
        known.said_at = database_clock.now()
        known.save()


class SchoolRecord(models.Model):
    """What the school's sign-in said of a person the last time, in the school's words and in ours."""

    if TYPE_CHECKING:
        person: Person
    else:
        person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="school_record")
    provider = models.CharField(max_length=10)
    name = LineField(max_length=120, blank=True)
    role = models.CharField(max_length=10, blank=True, choices=Person.Role.choices)
    has_left = models.BooleanField(default=False, help_text="The school said a role before, and says none any more.")
    unit_words = LineField(max_length=120, blank=True, db_index=True)
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="school_records")
    campus_words = LineField(max_length=80, blank=True)
    campus = models.ForeignKey(Campus, models.SET_NULL, null=True, blank=True, related_name="+")
    said_at = models.DateTimeField()

    objects = SchoolRecordManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "record of the school’s sign-in"
        verbose_name_plural = "records of the school’s sign-in"

    def __str__(self) -> str:
        return f"What the school’s sign-in says of person {self.person_id}"

    def holds(self, field: str) -> bool:
        """Tell whether `field` of the profile (name, role, unit or campus) is the school's to say."""
        return bool(getattr(self, field))

    def holds_still(self, field: str) -> bool:
        """Tell whether the profile has what the school said: the office may have said something else since."""
        return self.holds(field) and getattr(self, field) == getattr(self.person, field)

    @property
    def unit_is_unknown(self) -> bool:
        """True where the school names a unit, and nobody here has said which one that is."""
        return bool(self.unit_words) and self.unit_id is None


def has_left_the_school(said: Said, known: SchoolRecord | None) -> bool:
    """Tell whether the school says no role, or only such as mean none, of a person of whom it says or said one."""
    return not said.role and bool(said.affiliations or (known and known.role))


def fields_held(person: Person) -> dict[str, Any]:
    """Return what of the profile of `person` is the school's to say, by field; nothing where it was never asked."""
    if not settings.SCHOOL_PROVIDERS:
        return {}
    known = SchoolRecord.objects.filter(person=person).select_related("unit", "campus").first()
    if known is None:
        return {}
    return {name: getattr(known, name) for name in ("name", "role", "unit", "campus") if known.holds(name)}


@part_of_a_verb
def unit_called(words: str) -> Unit | None:
    """Return the unit that the school means by `words`: what the office has said, or else the unit of that name.

    Words that nobody knows are written down for the office to say; with SCHOOL_NEW_UNITS they become a unit.
    """
    if not words:
        return None
    spoken = UnitName.objects.filter(words__iexact=words).select_related("unit").first()
    if spoken and spoken.unit:
        return spoken.unit
    unit = Unit.objects.filter(name__iexact=words).first()
    if unit is None and settings.SCHOOL_NEW_UNITS:
        unit, _ = Unit.objects.get_or_create(name=words)
    if unit is None and spoken is None:
        UnitName.objects.get_or_create(words=words)
    return unit
