"""Who people are, and what an address needs before it is theirs."""

from accounts.models.address_change import AddressChange
from accounts.models.campus import Campus
from accounts.models.champion import Champion
from accounts.models.directory import DirectoryQuestion
from accounts.models.other_address import OtherAddress
from accounts.models.people import Person, PersonManager
from accounts.models.units import Unit
from accounts.school.record import SchoolRecord, UnitName
from foundation.values.zones import validate_time_zone

__all__ = [
    "AddressChange",
    "Campus",
    "Champion",
    "DirectoryQuestion",
    "OtherAddress",
    "Person",
    "PersonManager",
    "SchoolRecord",
    "Unit",
    "UnitName",
    "validate_time_zone",
]
