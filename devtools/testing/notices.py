"""Notices that tests begin with."""

import uuid
from datetime import datetime

from accounts.models import Person
from notifications.kinds.account import CODE
from notifications.models import Notice


def written_code(email: str, person: Person, subject: str, text: str, html: str, expires_at: datetime) -> Notice:
    """Owe a sign-in code whose mail says just this, ahead of the queue."""
    words = {"subject": subject, "text": text, "html": html}
    of, priority = f"{uuid.uuid4()}::", Notice.Priority.CODE
    return Notice.objects.owe_written(CODE, of, email, person, words, expires_at, priority=priority)
