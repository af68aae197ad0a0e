"""People and units in the admin: the person, a new address that waits, second factors, and champions of units."""

from office.people import addresses, page, second_factors, units

__all__ = ["addresses", "page", "second_factors", "units"]
