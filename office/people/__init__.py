"""People and units in the admin: the person, a new address that waits, second factors, champions of units,
and what the school calls them."""

from office.people import addresses, page, second_factors, unit_names, units

__all__ = ["addresses", "page", "second_factors", "unit_names", "units"]
