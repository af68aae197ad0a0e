"""What, when and where a meeting is, as the office reads it."""

from sessions_app.models import Meeting
from sessions_app.models.venue import meeting_words


def when_and_where(meeting: Meeting) -> str:
    """Return “Tue, May 14, 2024, 12:30–2:00 PM, Central time, LC 210”, behind “Allyship: ” if that part is held."""
    said = ", ".join(str(one) for one in (meeting_words(meeting), meeting.venue, meeting.join_link) if one)
    return f"{meeting.part}: {said}" if meeting.part else said
