"""Let an answer be told from another by its Message-ID alone: programs keep one DTSTAMP over several answers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0015_the_databases_clock")]

    operations = [migrations.RemoveConstraint(model_name="receivedmail", name="one_answer_applied_once")]
