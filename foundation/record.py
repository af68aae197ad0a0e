"""Put a change on record: Django admin's own LogEntry, written in the transaction of the verb."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models


def record(actor: models.Model, obj: models.Model, sentence: str) -> None:
    """Write that `actor`, a Person, changed `obj`: one sentence with from, to and why, shown in its admin history."""
    LogEntry.objects.create(
        user_id=actor.pk,
        content_type_id=ContentType.objects.get_for_model(obj).pk,
        object_id=str(obj.pk),
        object_repr=str(obj)[:200],
        action_flag=CHANGE,
        change_message=sentence,
    )
