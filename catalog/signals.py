"""What happened to a workshop. Sent with `workshop=` inside the transaction of the change; heard further right."""

from django.dispatch import Signal

# It is for other people than before. Sent with `now=` too.
audience_changed = Signal()
