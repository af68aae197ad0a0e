"""Who comes, what they need to take part, who was proposed, and who wants to hear of a date."""

from registrations.models.access_plan import AccessPlan, ToPrepare
from registrations.models.accommodation import Accommodation, AccommodationQuerySet
from registrations.models.call import Call
from registrations.models.interest import Interest
from registrations.models.merge_offer import MergeOffer
from registrations.models.nomination import Nomination
from registrations.models.pasted_people import PastedOutcome, PastedPeople
from registrations.models.prior_attendance import PriorAttendance
from registrations.models.registration import Registration, RegistrationQuerySet
from registrations.models.roster_readings import RosterReading

__all__ = [
    "AccessPlan",
    "Accommodation",
    "AccommodationQuerySet",
    "Call",
    "Interest",
    "MergeOffer",
    "Nomination",
    "PastedOutcome",
    "PastedPeople",
    "PriorAttendance",
    "Registration",
    "RegistrationQuerySet",
    "RosterReading",
    "ToPrepare",
]
