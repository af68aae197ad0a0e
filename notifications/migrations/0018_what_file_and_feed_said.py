"""Count what file and feed say before the first message, so that the first message is above it."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def begin_at_zero(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Note that file and feed said 0 of every entry that no message was written for."""
    apps.get_model("notifications", "CalendarThread").objects.filter(sequence=None).update(tentative_sequence=0)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0017_mail_in_words")]

    operations = [
        migrations.AddField(
            model_name="calendarthread",
            name="tentative_sequence",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="What file and feed say before the first message; empty where nobody could see them before it.",
                null=True,
            ),
        ),
        migrations.RunPython(begin_at_zero, migrations.RunPython.noop),
    ]
