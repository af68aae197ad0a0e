"""Note where file and feed began, of entries that were there before it was counted."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def begin_at_zero(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Note that file and feed said 0 of every entry that no message was written for."""
    apps.get_model("notifications", "CalendarThread").objects.filter(sequence=None).update(tentative_sequence=0)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0018_what_file_and_feed_said")]

    operations = [migrations.RunPython(begin_at_zero, migrations.RunPython.noop)]
