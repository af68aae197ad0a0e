"""The pages of registrations."""

from registrations.views.own import my_training, registration, withdrawal
from registrations.views.registering import register

__all__ = ["my_training", "register", "registration", "withdrawal"]
