from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0020_neutral_titles_are_noted'),
    ]

    operations = [
        migrations.AddField(
            model_name='mailqueue',
            name='clock_problem',
            field=models.CharField(blank=True, db_default='', help_text='Which worker’s or beat’s clock is off, and by how much.', max_length=200),
        ),
        migrations.AddField(
            model_name='mailqueue',
            name='clock_wrong_at',
            field=models.DateTimeField(help_text='When that was last seen.', null=True),
        ),
    ]
