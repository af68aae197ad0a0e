"""What happened to a registration. Sent with `registration=` inside the transaction of the verb.

Those of a nomination send `nomination=`, whose addressee is to be told that they were proposed, or that the session
they were proposed for is cancelled. `interest_met` sends `interest=` and the `sessions=` that opened.
"""

from django.dispatch import Signal

# With `by_office=` True where somebody of the office registered the person.
registration_made = Signal()
registration_promoted = Signal()
# With `why=` where the rule ended it, `reason=` where the office did, `asked_office=` where the person asked it to.
registration_withdrawn = Signal()
registration_confirmed = Signal()
registration_cancelled = Signal()
# Of a date that is being merged, with `offer=`, a MergeOffer; `merge_answered` also with `now=`.
merge_offered = Signal()
merge_answered = Signal()
merge_called_off = Signal()
# The office asks somebody to come: with `call=`, a Call.
person_called = Signal()
nomination_made = Signal()
nomination_ended = Signal()
interest_met = Signal()

# A session changed for a registered, waiting or nominated person: also with `before=`, `now=` and `was=` of
# session_changed; for a person who is registered or waits, with `mode_was=` too: how they took part until then.
registration_changed = Signal()
nomination_changed = Signal()
# The decision about somebody's session has another date: `registration=`, `was=`, the date until then, and `now=`.
registration_extended = Signal()
# A date was cancelled that somebody interested may have been told of: `interest=` and `session=`.
interest_unmet = Signal()
# After a cancelled session the person took another date: `registration=` of the cancelled one, `moved_to` written.
registration_rebooked = Signal()

# Somebody with a seat takes part in the other way from now on: `registration=`, the mode it `was` before, and `now=`.
registration_switched = Signal()

# Sent with `accommodation=`.
accommodation_asked = Signal()
accommodation_answered = Signal()

# While a person waits: a seat to be taken (with `freed=`, which names the event), and the end of the waiting.
seat_opened = Signal()
waitlist_closed = Signal()

# The office says, or says no more, that somebody has taken a workshop elsewhere: `person=` and `workshop=`.
taken_elsewhere = Signal()
