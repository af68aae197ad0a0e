"""Put a change on record: Django admin's own LogEntry, written in the transaction of the verb."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType


def record(actor, obj, sentence: str) -> None:
    """Write who (a Person) did what to `obj`, as one sentence with from, to and why. Its admin history shows it."""
    LogEntry.objects.create(
        user_id=actor.pk,
        content_type_id=ContentType.objects.get_for_model(obj).pk,
        object_id=str(obj.pk),
        object_repr=str(obj)[:200],
        action_flag=CHANGE,
        change_message=sentence,
    )
