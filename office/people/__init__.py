"""People in the admin: the person, a new address that waits, groups and second factors."""

from office.people import addresses, page, second_factors

__all__ = ["addresses", "page", "second_factors"]
