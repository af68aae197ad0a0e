"""Resources in the admin: their form with citation, file and where they belong, and citations from a RIS file."""

from office.resources import page

__all__ = ["page"]
