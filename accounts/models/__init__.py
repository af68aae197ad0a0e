"""Who people are: Person, the Unit they belong to, the Campus they work on."""

from accounts.models.people import Campus, Person, PersonManager, Unit, validate_time_zone

__all__ = ["Campus", "Person", "PersonManager", "Unit", "validate_time_zone"]
