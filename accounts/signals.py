"""What happened to a person. Sent with `person=` inside the transaction of the change; heard by apps to the right."""

from django.dispatch import Signal

# What decides who may attend: a change of one of these is announced.
DECIDING = {"role", "campus", "is_active"}

person_changed = Signal()

# The person chose how calendars name what they attend. Also with `now=`.
titles_chosen = Signal()

# The address is another one: what the old one opened must not stay open.
address_changed = Signal()
