import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_reminder_days'),
    ]

    operations = [
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('summary', models.CharField(blank=True, help_text='One sentence: what it means.', max_length=240)),
            ],
            options={
                'ordering': ['position', 'name'],
            },
        ),
        migrations.CreateModel(
            name='PageText',
            fields=[
                ('place', models.CharField(choices=[('home', 'The lead of the home page'), ('purpose', 'What our trainings are for'), ('how', 'How our trainings work'), ('requests', 'Asking for a session'), ('footer', 'The foot of every page')], max_length=10, primary_key=True, serialize=False)),
                ('text', models.TextField(help_text='Markdown.')),
            ],
            options={
                'verbose_name': 'page text',
                'ordering': ['place'],
            },
        ),
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160, unique=True)),
                ('slug', models.SlugField(max_length=160, unique=True)),
                ('link', models.URLField(blank=True, max_length=500)),
                ('gives', models.TextField(blank=True, help_text='What people read about it. Markdown.', verbose_name='what it gives')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('title', models.CharField(max_length=160)),
                ('minutes', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(600)], verbose_name='length in minutes')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='catalog.workshop')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Program',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160, unique=True)),
                ('slug', models.SlugField(max_length=160, unique=True)),
                ('lead', models.CharField(blank=True, help_text='One sentence, shown in lists.', max_length=240)),
                ('description', models.TextField(blank=True, help_text='Markdown.')),
                ('contact', models.EmailField(blank=True, help_text='Where people write about it. Blank: the office.', max_length=254, verbose_name='contact')),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='1 comes first.', verbose_name='place in the catalog')),
                ('rule', models.CharField(choices=[('none', 'Nothing: it is a heading'), ('all', 'All of its workshops'), ('some', 'So many of its workshops'), ('categories', 'So many of each category')], default='none', max_length=10, verbose_name='to complete it, people take')),
                ('needed', models.PositiveSmallIntegerField(blank=True, help_text='Where it takes so many of them.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='how many')),
                ('within_months', models.PositiveSmallIntegerField(blank=True, help_text='All that counts is taken within so many months. Blank: at any time.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)])),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=10)),
                ('partners', models.ManyToManyField(blank=True, related_name='programs', to='catalog.partner')),
                ('sponsor', models.ForeignKey(blank=True, help_text='Who pays for it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sponsored_programs', to='catalog.partner')),
            ],
            options={
                'ordering': ['position', 'title'],
            },
        ),
        migrations.CreateModel(
            name='ProgramCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('needed', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='how many')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='catalog.program')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ProgramWorkshop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='entries', to='catalog.programcategory')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='catalog.program')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='catalog.workshop')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='program',
            name='workshops',
            field=models.ManyToManyField(related_name='programs', through='catalog.ProgramWorkshop', to='catalog.workshop'),
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('credentials', models.CharField(blank=True, help_text='For example MEd or MD, MPH.', max_length=80)),
                ('pronouns', models.CharField(blank=True, max_length=40)),
                ('role', models.CharField(help_text='For example Learning and development manager.', max_length=160)),
                ('email', models.EmailField(blank=True, help_text='Everybody can read it.', max_length=254, verbose_name='e-mail address')),
                ('about', models.TextField(blank=True, help_text='Markdown.', verbose_name='a few sentences')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('facilitator', models.OneToOneField(blank=True, help_text='Where they lead sessions too: their name leads to that page.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='team_member', to='catalog.facilitator')),
            ],
            options={
                'ordering': ['position', 'name'],
            },
        ),
        migrations.AddConstraint(
            model_name='programcategory',
            constraint=models.UniqueConstraint(fields=('program', 'name'), name='program_category_once'),
        ),
        migrations.AddConstraint(
            model_name='programworkshop',
            constraint=models.UniqueConstraint(fields=('program', 'workshop'), name='program_workshop_once'),
        ),
        migrations.AddConstraint(
            model_name='program',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('needed__gte', 1), ('needed__isnull', False), ('rule', 'some')), models.Q(models.Q(('rule', 'some'), _negated=True), ('needed', None)), _connector='OR'), name='program_rule_has_its_number', violation_error_message='Say how many workshops it takes, and only where it takes so many of them.'),
        ),
    ]
