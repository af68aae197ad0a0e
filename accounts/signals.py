"""What happened to a person. Sent with `person=` inside the transaction of the change; heard by apps to the right."""

from django.dispatch import Signal

# What decides who may attend: a change of one of these is announced.
DECIDING = {"role", "campus", "is_active"}

person_changed = Signal()

# One of these is about to change: what a receiver will want to lock it locks now, before the row of the person.
person_changes_now = Signal()

# The person chose how calendars name what they attend. Also with `now=`.
titles_chosen = Signal()

# A new address is asked for. Sent with `change=`, an AddressChange, and `links=`, the tokens that open it.
address_change_asked = Signal()

# The address is about to be another one: what a receiver will want to lock it locks now.
address_changes_now = Signal()

# The address is another one: what the old one opened must not stay open. Sent with `old_address=` and with
# `is_vouched_for=`: whether the person, or the Accommodations group, has said that it is the same person.
address_changed = Signal()

# The office took a second factor away. Sent with `by=`.
second_factor_taken = Signal()

# A unit is about to go, and another one takes its place. Sent with `unit=` and `into=`: what points to it moves.
unit_merged = Signal()
