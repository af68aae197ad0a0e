"""The demo: an invented school whose season is played through the real verbs, dated around today.

It lives at the right end of the chain because it needs every app. `content/` holds the words, and the project's own
copy of two published schedules.
"""
