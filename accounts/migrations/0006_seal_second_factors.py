from django.conf import settings
from django.db import migrations

from accounts.sealed import SIGN_INS, is_sealed

SECRETS = ('secret', 'seed')


def seal_what_is_plain(apps, schema_editor):
    """Seal the keys of authenticator apps and the seeds of recovery codes, which stood there plainly.

    A web process of the version before cannot check them any more: until it is restarted, the office signs in nowhere.
    """
    for factor in apps.get_model('mfa', 'Authenticator').objects.exclude(type='webauthn').select_for_update():
        plain = {name: factor.data[name] for name in SECRETS if factor.data.get(name) and not is_sealed(factor.data[name])}
        if plain:
            factor.data |= {name: SIGN_INS.seal(secret) for name, secret in plain.items()}
            factor.save(update_fields=['data'])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_browser_sessions'),
        ('mfa', '0003_authenticator_type_uniq'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(seal_what_is_plain, migrations.RunPython.noop, elidable=True),
    ]
