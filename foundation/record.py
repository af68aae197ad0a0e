"""Put a change on record: Django admin's own LogEntry, written in the transaction of the verb."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models

from foundation import database_clock


def record(actor: models.Model, obj: models.Model, sentence: str) -> None:
    """Write that `actor`, a Person, changed `obj`: one sentence with from, to and why, shown in its admin history."""
    LogEntry.objects.create(
        action_time=database_clock.now(),
        user_id=actor.pk,
        content_type=ContentType.objects.get_for_model(obj, for_concrete_model=False),
        object_id=obj.pk,
        object_repr=str(obj)[:200],
        action_flag=CHANGE,
        change_message=sentence,
    )
