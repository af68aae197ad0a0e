"""What happened to a workshop. Sent with `workshop=` inside the transaction of the change; heard further right.

`facilitator_reached` sends `facilitator=`.
"""

from django.dispatch import Signal

# It is for other people than before. Sent with `now=` too.
audience_changed = Signal()
# It has other parts, or they are called otherwise, or in another order. Sent with `parts=`, in order, and `now=` too.
parts_changed = Signal()
# Mail about what somebody leads goes to another account or address than before. Sent with `now=` too.
facilitator_reached = Signal()
