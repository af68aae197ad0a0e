"""Count what file and feed say before the first message, so that the first message is above it."""

from django.db import migrations, models


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
    ]
