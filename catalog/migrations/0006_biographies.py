from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0005_objectives_of_a_part'),
    ]

    operations = [
        migrations.AddField(
            model_name='facilitator',
            name='biography',
            field=models.TextField(blank=True, db_default='', default='', help_text='What people read on their page. Markdown.', verbose_name='a few sentences'),
        ),
        migrations.AddField(
            model_name='facilitator',
            name='unit',
            field=models.CharField(blank=True, db_default='', default='', help_text='The department, or the organization they come from.', max_length=160),
        ),
    ]
