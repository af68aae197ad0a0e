"""What happened to a session. Sent with `session=` inside the transaction of the verb; heard by apps to the right.

`session_changed` also sends `now=` and `before=`: the meetings as they were, None where only a name has changed. Where
another format came with it, it sends `was=`, the format until then. `session_extended` sends `was=`, the date until
then, and `now=`.
"""

from django.dispatch import Signal

session_listed = Signal()
# Other people may register than until now: also with `now=`.
session_opened_to = Signal()
session_confirmed = Signal()
session_asked = Signal()
session_extended = Signal()
session_cancelled = Signal()
session_resized = Signal()
session_changed = Signal()
# A date is being merged into another one: with `into=` and `now=`. `session_merge_ends` is sent before it is cancelled,
# `session_merged` afterwards, `session_kept` where both dates are held after all.
session_merging = Signal()
session_merge_goes_on = Signal()
session_merge_ends = Signal()
session_merged = Signal()
session_kept = Signal()

# What happens to many at one press: with `sessions=`, of which there is one at least. `sessions_put_on_record` sends
# `held=` instead, pairs of a session and a `Held` that says who was there, `by=` and `now=`. `sessions_taken_back` is
# sent before such sessions are deleted, with `now=`: the time at which they were put on record.
sessions_published = Signal()
sessions_put_on_record = Signal()
sessions_taken_back = Signal()

# A team asks for a session of its own: with `request=`, a SessionRequest. `request_scheduled` also sends `session=`,
# which is published, `by=`, the person of the office, and `now=`.
request_made = Signal()
request_answered = Signal()
request_scheduled = Signal()
request_declined = Signal()
request_withdrawn = Signal()

# What a facilitator knows of a session may differ from how it is: with `leading=`, a Leading, and `now=`. The other is
# sent when one of them said no.
leading_changed = Signal()
# Facilitators are asked of sessions that are published at one press: with `leadings=`, one at least, and `now=`.
leadings_made = Signal()
leading_declined = Signal()
