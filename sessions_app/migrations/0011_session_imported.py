import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sessions_app', '0010_blackouts_and_imports'),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='imported',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sessions', to='sessions_app.scheduleimport'),
        ),
    ]
