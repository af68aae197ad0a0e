from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Person


class Command(BaseCommand):
    help = (
        "Give the group Office every permission its pages in the admin name, and put the people with the given "
        "addresses in it. Run it after migrating; running it again adds nothing twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="*", help="E-mail address of a person of the office.")

    @transaction.atomic
    def handle(self, *args, address, **options):
        group, _ = Group.objects.get_or_create(name="Office")
        group.permissions.set(self.permissions())
        for email in address:
            person = Person.objects.filter(email__iexact=email).first() or self.create(email)
            if not person.is_staff:
                person.is_staff = True
                person.save(update_fields=["is_staff"])
            person.groups.add(group)
        self.stdout.write(f"Office: {group.permissions.count()} permissions, {group.user_set.count()} people.")

    def permissions(self) -> list[Permission]:
        """Return what the registered pages say the office may do."""
        found = []
        for model, page in admin.site._registry.items():
            codenames = [get_permission_codename(action, model._meta) for action in getattr(page, "office_may", ())]
            found += Permission.objects.filter(content_type__app_label=model._meta.app_label, codename__in=codenames)
        return found

    def create(self, email: str) -> Person:
        try:
            return Person.objects.create_user(email)
        except ValidationError as error:
            raise CommandError(f"{email}: {' '.join(error.messages)}") from None
