"""Put a change on record: Django admin's own LogEntry, written in the transaction of the verb."""

from collections.abc import Sequence

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models

from foundation import database_clock


def record(actor: models.Model, obj: models.Model, sentence: str) -> None:
    """Write that `actor`, a Person, changed `obj`: one sentence with from, to and why, shown in its admin history."""
    record_each(actor, [obj], sentence)


def record_each(actor: models.Model, objs: Sequence[models.Model], sentence: str) -> None:
    """Write the same `sentence` of each of `objs`, all of one model, as `record` does. One query for some hundred."""
    if not objs:
        return
    now, content_type = database_clock.now(), ContentType.objects.get_for_model(objs[0], for_concrete_model=False)
    entries = [
        LogEntry(
            action_time=now,
            user_id=actor.pk,
            content_type=content_type,
            object_id=obj.pk,
            object_repr=str(obj)[:200],
            action_flag=CHANGE,
            change_message=sentence,
        )
        for obj in objs
    ]
    LogEntry.objects.bulk_create(entries, batch_size=500)
