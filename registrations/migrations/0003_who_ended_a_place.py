from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, IntegerField, Q
from django.db.models.functions import Cast


def say_of_earlier_ones(apps, schema_editor):
    """Mark the places given up so far: those of which no verb of the office or the rule is on record."""
    Registration = apps.get_model("registrations", "Registration")
    LogEntry = apps.get_model("admin", "LogEntry")
    taken = LogEntry.objects.filter(
        Q(change_message__startswith="Withdrawn") | Q(change_message__startswith="Moved to "),
        content_type__app_label="registrations",
        content_type__model="registration",
    )
    taken = taken.annotate(registration=Cast("object_id", IntegerField())).values("registration")
    given_up = Registration.objects.filter(status="withdrawn").exclude(pk__in=taken)
    given_up.update(gave_up=True)
    in_last_day = Q(withdrawn_at__gte=F("session__starts_at") - timedelta(hours=24))
    given_up.filter(in_last_day, seated_at__isnull=False).update(left_late=True)


class Migration(migrations.Migration):

    dependencies = [
        ("registrations", "0002_pre_work_done_at"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions_app", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="gave_up",
            field=models.BooleanField(
                default=False, help_text="Left by themselves: neither the office nor the rule did it."
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="left_late",
            field=models.BooleanField(
                default=False, help_text="Gave up a seat in the last 24 hours before the start. For the office only."
            ),
        ),
        migrations.RunPython(say_of_earlier_ones, migrations.RunPython.noop),
    ]
