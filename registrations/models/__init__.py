"""Who comes."""

from registrations.models.registration import Registration, RegistrationQuerySet

__all__ = ["Registration", "RegistrationQuerySet"]
