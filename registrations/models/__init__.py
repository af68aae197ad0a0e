"""Who comes, who was proposed, and who wants to hear of a date."""

from registrations.models.interest import Interest
from registrations.models.nomination import Nomination
from registrations.models.registration import Registration, RegistrationQuerySet

__all__ = ["Interest", "Nomination", "Registration", "RegistrationQuerySet"]
