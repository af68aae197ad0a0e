"""Give everybody who is registered in an open session a UID for each meeting, as registering does from now on."""

from django.db import migrations

from notifications.models import new_uid


def begin(apps, schema_editor):
    Registration = apps.get_model("registrations", "Registration")
    CalendarThread = apps.get_model("notifications", "CalendarThread")
    open_seats = Registration.objects.filter(status="registered", session__status="open")
    pairs = open_seats.filter(session__meetings__isnull=False).values_list("pk", "session__meetings")
    CalendarThread.objects.bulk_create(
        [CalendarThread(registration_id=seat, meeting_id=meeting, uid=new_uid()) for seat, meeting in pairs],
        batch_size=500,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0003_invitation_again"),
        ("registrations", "0001_initial"),
        ("sessions_app", "0001_initial"),
    ]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
