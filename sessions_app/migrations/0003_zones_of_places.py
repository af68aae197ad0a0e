"""Give campuses, meetings and sessions whose zone is no place (`localtime`, `Factory`, one that is gone) one that is.

Their times stay the instants they were. No calendar shows such a meeting: none could be written.
"""

from django.conf import settings
from django.db import migrations

from foundation.values.zones import zone_names


def give_a_place(apps, schema_editor):
    without = [
        apps.get_model(app, model).objects.exclude(time_zone__in=zone_names())
        for app, model in (("accounts", "Campus"), ("sessions_app", "Meeting"), ("sessions_app", "Session"))
    ]
    campuses, meetings, sessions = without
    campuses.update(time_zone=settings.TIME_ZONE)
    for meeting in meetings.select_related("venue__campus"):
        meeting.time_zone = meeting.venue.campus.time_zone if meeting.venue else settings.TIME_ZONE
        meeting.save(update_fields=["time_zone"])
    for session in sessions.exclude(time_zone=""):
        first = session.meetings.filter(cancelled_at=None).order_by("starts_at", "pk").first()
        session.time_zone = first.time_zone if first else settings.TIME_ZONE
        session.save(update_fields=["time_zone"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("sessions_app", "0002_cancelled_meetings")]

    operations = [migrations.RunPython(give_a_place, migrations.RunPython.noop, elidable=True)]
