"""Bring addresses into the form in which they are compared from now on: visible, their domain in ASCII.

An address whose plain form somebody else has stays as it is: which of the two accounts stands is for people to say.
"""

from django.db import migrations

from foundation.values.addresses import plain_address


def make_plain(apps, schema_editor):
    people = apps.get_model("accounts", "Person").objects
    for pk, email in people.values_list("pk", "email"):
        plain = plain_address(email)
        if plain != email and not people.filter(email=plain).exclude(pk=pk).exists():
            people.filter(pk=pk).update(email=plain)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_seal_second_factors")]

    operations = [migrations.RunPython(make_plain, migrations.RunPython.noop, elidable=True)]
