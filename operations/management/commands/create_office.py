"""`manage.py create_office [ADDRESS ...]`: open the admin to people of the office."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Person
from foundation.record import record
from foundation.values.addresses import plain_address


class Command(BaseCommand):
    help = (
        "Give the group Office every permission its pages in the admin name, and put the people with the given "
        "addresses in it. Make the group Accommodations too, whose members alone read what people need to take part. "
        "Run it after migrating; running it again adds nothing twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="*", help="E-mail address of a person of the office.")
        parser.add_argument(
            "--accommodations",
            nargs="+",
            default=[],
            metavar="ADDRESS",
            help="E-mail address of a person who reads and answers what people need to take part.",
        )

    @transaction.atomic
    def handle(self, *args: Any, address: list[str], accommodations: list[str], **options: Any) -> None:
        office, _ = Group.objects.get_or_create(name="Office")
        office.permissions.set(self.permissions())
        access, _ = Group.objects.get_or_create(name=Person.objects.ACCOMMODATIONS)
        self.add(address, office)
        self.add(accommodations, access)
        self.stdout.write(f"Office: {office.permissions.count()} permissions, {office.user_set.count()} people.")
        self.stdout.write(f"Accommodations: {access.user_set.count()} people.")

    def add(self, addresses: list[str], group: Group) -> None:
        """Open the admin to the people with these addresses, and put them in `group`."""
        for email in addresses:
            person = Person.objects.filter(email=plain_address(email)).first() or self.create(email)
            if not person.is_staff:
                person.is_staff = True
                person.save(update_fields=["is_staff"])
            if not person.groups.filter(pk=group.pk).exists():
                person.groups.add(group)
                said = f"Put into the group {group.name} on the server with manage.py create_office."
                record(Person.objects.rule(), person, said)

    def permissions(self) -> list[Permission]:
        """Return what the registered pages say the office may do."""
        found: list[Permission] = []
        for model, page in admin.site._registry.items():
            codenames = [get_permission_codename(action, model._meta) for action in getattr(page, "office_may", ())]
            found += Permission.objects.filter(content_type__app_label=model._meta.app_label, codename__in=codenames)
        return found

    def create(self, email: str) -> Person:
        """Return a new account for an address. Raises CommandError for what is no address."""
        try:
            return Person.objects.create_user(email)
        except ValidationError as error:
            raise CommandError(f"{email}: {' '.join(error.messages)}") from None
