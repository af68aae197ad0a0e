import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_offerings_and_facts'),
    ]

    operations = [
        migrations.AddField(
            model_name='objective',
            name='part',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='objectives', to='catalog.part'),
        ),
    ]
