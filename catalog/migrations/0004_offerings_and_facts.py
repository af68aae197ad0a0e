import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_programs_parts_and_partners'),
    ]

    operations = [
        migrations.AddField(
            model_name='workshop',
            name='has_captions',
            field=models.BooleanField(db_default=True, default=True, verbose_name='live captions online'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='is_interactive',
            field=models.BooleanField(db_default=True, default=True, verbose_name='interactive'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='is_recorded',
            field=models.BooleanField(db_default=False, default=False, verbose_name='recorded'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='language',
            field=models.CharField(db_default='English', default='English', max_length=60),
        ),
        migrations.AddField(
            model_name='workshop',
            name='offering',
            field=models.CharField(choices=[('training', 'Training'), ('lecture', 'Lecture'), ('debrief', 'Debrief'), ('dialogue', 'Dialogue')], db_default='training', default='training', max_length=10),
        ),
        migrations.AddField(
            model_name='workshop',
            name='offering_name',
            field=models.CharField(blank=True, db_default='', default='', help_text='The office’s own name for this kind, such as “change chat”. Blank: training, lecture and so on.', max_length=60, verbose_name='what people read instead'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='recording_note',
            field=models.CharField(blank=True, db_default='', default='', help_text='One sentence: why it is not recorded, or where people find the recording.', max_length=240, verbose_name='about the recording'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='successor',
            field=models.ForeignKey(blank=True, help_text='The workshop that took its place: people who took this one have taken that one.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='predecessors', to='catalog.workshop', verbose_name='counts as'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='actions',
            field=models.ManyToManyField(blank=True, related_name='workshops', to='catalog.action'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='partners',
            field=models.ManyToManyField(blank=True, related_name='workshops', to='catalog.partner'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='sponsor',
            field=models.ForeignKey(blank=True, help_text='Who pays for it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sponsored_workshops', to='catalog.partner'),
        ),
    ]
