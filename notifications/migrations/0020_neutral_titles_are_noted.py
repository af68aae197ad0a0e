"""Note with what people's calendars show that its title is the neutral one, where the person has chosen that.

From here on the choice is a part of what a calendar shows, and a difference owes an update. Which of the two an older
invitation said is not known; it counts as what the person has chosen, so that nobody is sent an update unasked.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def note_neutral_titles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write it into the snapshots of the threads and Notices of people with neutral titles."""
    of_theirs = {"registration__person__discreet_titles": True}
    threads = apps.get_model("notifications", "CalendarThread").objects.filter(**of_theirs).exclude(shown={})
    for thread in threads.iterator():
        thread.shown = {**thread.shown, "neutral": True}
        thread.save(update_fields=["shown"])
    notices = apps.get_model("notifications", "Notice").objects.filter(**of_theirs, method="REQUEST")
    for notice in notices.only("facts").iterator():
        if "says" in notice.facts:
            notice.facts["says"]["neutral"] = True
            notice.save(update_fields=["facts"])


class Migration(migrations.Migration):
    dependencies = [("notifications", "0019_file_and_feed_began_at_zero")]

    operations = [migrations.RunPython(note_neutral_titles, migrations.RunPython.noop)]
