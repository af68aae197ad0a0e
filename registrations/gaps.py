"""What a profile lacks for a registration: that is asked, and nothing else."""

from django.db.models import Exists

from accounts.models import Person, Unit


def gaps(person: Person, for_campus: bool) -> tuple[str, ...]:
    """Return the names of the fields to ask `person` for, in order: name, role, unit, and the campus if it decides.

    The unit may stay empty, so it is asked for until the first registration and never again, and only where there are
    units to choose from. One query where the profile has no unit, otherwise none.
    """
    missing = [name for name in ("name", "role") if not getattr(person, name)]
    if not person.unit_id and Unit.objects.filter(~Exists(person.registrations.order_by())).exists():
        missing.append("unit")
    if for_campus and not person.campus_id:
        missing.append("campus")
    return tuple(missing)
