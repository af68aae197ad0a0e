import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_biographies'),
        ('sessions_app', '0006_part_of_a_meeting'),
    ]

    operations = [
        migrations.AlterField(
            model_name='meeting',
            name='part',
            field=models.ForeignKey(blank=True, help_text='The part of the workshop that is held there, if it has parts.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='catalog.part'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_at', None), ('part__isnull', False)), fields=('session', 'part'), name='meeting_holds_a_part_alone', violation_error_message='Another meeting of this session holds that part.'),
        ),
    ]
