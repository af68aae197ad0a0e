"""Forgetting in the admin: legal holds, and the page that erases a person."""

from office.forgetting import holds

__all__ = ["holds"]
