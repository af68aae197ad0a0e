import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_programs_parts_and_partners'),
        ('sessions_app', '0005_sessions_in_this_century'),
    ]

    operations = [
        migrations.AddField(
            model_name='meeting',
            name='part',
            field=models.ForeignKey(blank=True, help_text='The part of the workshop that is held there, if it has parts.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='meetings', to='catalog.part'),
        ),
    ]
