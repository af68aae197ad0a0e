"""What the office's home counts under “Waiting for you”, the most pressing first."""

from office import accommodations
from office.attendance import needs as attendance
from office.directory import needs as directory
from office.home.waiting import Line
from office.leading import needs as leading
from office.mail import needs as mail
from office.record import needs as record
from office.requests import needs as requests
from office.sessions import needs as sessions

LINES: list[Line] = [
    *sessions.DECIDE,
    *sessions.NEEDS_A_HAND,
    *leading.NEEDS_A_HAND,
    *requests.NEEDS_A_HAND,
    *accommodations.NEEDS_A_HAND,
    *attendance.NEEDS_A_HAND,
    *directory.NEEDS_A_HAND,
    *mail.NEEDS_A_HAND,
    *record.NEEDS_A_HAND,
    *sessions.NOT_PUBLISHED,
]
