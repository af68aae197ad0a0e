import datetime

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sessions_app', '0004_in_this_century'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__lt', datetime.datetime(2101, 1, 3, 0, 0, tzinfo=datetime.timezone.utc)), ('starts_at__gte', datetime.datetime(1999, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), name='session_in_this_century'),
        ),
    ]
