"""Put a change on record: Django admin's own LogEntry, written in the transaction of the verb."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models


def record(actor: models.Model, obj: models.Model, sentence: str) -> None:
    """Write that `actor`, a Person, changed `obj`: one sentence with from, to and why, shown in its admin history."""
    LogEntry.objects.log_actions(actor.pk, [obj], CHANGE, sentence, single_object=True)
