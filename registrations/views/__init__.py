"""The pages of registrations."""

from registrations.views.accommodation import accommodation, accommodation_deletion
from registrations.views.calls import call
from registrations.views.interests import interest, interested
from registrations.views.leading import leading_list, leading_names, leading_session
from registrations.views.leaving import leaving
from registrations.views.merging import merge_offer
from registrations.views.mode import mode
from registrations.views.moving import transfer
from registrations.views.nominating import nominate, nomination
from registrations.views.own import my_training, registration, withdrawal
from registrations.views.pre_work import pre_work
from registrations.views.registering import register
from registrations.views.seat import seat
from registrations.views.several import program_registration

__all__ = [
    "accommodation",
    "accommodation_deletion",
    "call",
    "interest",
    "interested",
    "leading_list",
    "leading_names",
    "leading_session",
    "leaving",
    "merge_offer",
    "mode",
    "my_training",
    "nominate",
    "nomination",
    "pre_work",
    "program_registration",
    "register",
    "registration",
    "seat",
    "transfer",
    "withdrawal",
]
