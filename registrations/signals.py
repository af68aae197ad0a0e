"""What happened to a registration. Sent with `registration=` inside the transaction of the verb."""

from django.dispatch import Signal

registration_made = Signal()
registration_promoted = Signal()
registration_withdrawn = Signal()
registration_confirmed = Signal()
registration_cancelled = Signal()
