"""What happened to a registration. Sent with `registration=` inside the transaction of the verb.

`nomination_made` sends `nomination=`, whose addressee is to be told that they were proposed, and `nominations_ended`
the `nominations=` for a session that is cancelled. `interests_met` sends `met=`, pairs of an Interest and the sessions
that opened.
"""

from django.dispatch import Signal

# With `by_office=` True where somebody of the office registered the person.
registration_made = Signal()
# With `why=` where the rule ended it, `reason=` where the office did, `asked_office=` where the person asked it to.
registration_withdrawn = Signal()
# What happens to many at once is sent once, with `registrations=`, of one session and in order, one at least:
# `registrations_promoted` with `how=` where a person took the seat or was given it, `registrations_cancelled` with
# `were_registered=`, the keys of those with a seat.
registrations_confirmed = Signal()
registrations_cancelled = Signal()
registrations_promoted = Signal()
# Of a date that is being merged, with `offer=`, a MergeOffer; `merge_answered` also with `now=`.
merge_offered = Signal()
merge_answered = Signal()
merge_called_off = Signal()
# The office asks somebody to come: with `call=`, a Call.
person_called = Signal()
# The session that people were called to has changed, with `calls=`, `session=` and `before=`, `now=` and `was=` of
# session_changed; or it is cancelled, with `calls=` and `session=`. People who registered since hear of it as that.
calls_changed = Signal()
calls_ended = Signal()
nomination_made = Signal()
nominations_ended = Signal()
interests_met = Signal()

# A session changed for registered, waiting or nominated people: also with `before=`, `now=` and `was=` of
# session_changed; for those who are registered or wait, with `registrations=`, and `modes_were=`: by key how they took
# part until then; for the others with `nominations=` and `session=`.
registrations_changed = Signal()
nominations_changed = Signal()
# The decision about a session has another date: `registrations=`, `was=`, the date until then, and `now=`.
registrations_extended = Signal()
# A date was cancelled of which interested people may have been told: `interests=` and `session=`.
interests_unmet = Signal()
# After a cancelled session the person took another date: `registration=` of the cancelled one, `moved_to` written.
registration_rebooked = Signal()

# Somebody with a seat takes part in the other way from now on: `registration=`, the mode it `was` before, and `now=`.
registration_switched = Signal()

# Sent with `accommodation=`.
accommodation_asked = Signal()
accommodation_answered = Signal()

# While people wait: a seat to be taken (with `freed=`, which names the event), and the end of the waiting, both with
# `registrations=`.
seat_opened = Signal()
waitlist_closed = Signal()

# The office says, or says no more, that somebody has taken a workshop elsewhere: `person=` and `workshop=`.
taken_elsewhere = Signal()
