"""What happened to a session. Sent with `session=` inside the transaction of the verb; heard by apps to the right.

`session_changed` also sends `now=` and `before=`: the meetings as they were, None where only a name has changed.
"""

from django.dispatch import Signal

session_published = Signal()
session_listed = Signal()
session_confirmed = Signal()
session_asked = Signal()
session_extended = Signal()
session_cancelled = Signal()
session_resized = Signal()
session_changed = Signal()

# A team asks for a session of its own: with `request=`, a SessionRequest. `request_scheduled` also sends `session=`,
# which is published, `by=`, the person of the office, and `now=`.
request_made = Signal()
request_answered = Signal()
request_scheduled = Signal()
request_declined = Signal()
request_withdrawn = Signal()
