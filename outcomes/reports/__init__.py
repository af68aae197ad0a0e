"""Attendance from outside: what Zoom, Teams or a pasted list say of one meeting, read, matched, shown and written.

1. `reading` finds out what the bytes are and has `zoom`, `teams` or `plain` take them apart: a Report of Lines.
2. `matching` says who each Line is: a registrant, somebody of the office, a facilitator, or nobody we know.
3. `applying` says what would be written of each, and, on a second press, writes it.
"""
