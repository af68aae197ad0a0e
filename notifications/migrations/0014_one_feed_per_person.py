
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0013_kind_without_choices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='calendarfeed',
            name='one_feed_per_person_and_purpose',
        ),
        migrations.RemoveField(
            model_name='calendarfeed',
            name='purpose',
        ),
        migrations.AddConstraint(
            model_name='calendarfeed',
            constraint=models.UniqueConstraint(fields=('person',), name='one_feed_per_person'),
        ),
    ]
