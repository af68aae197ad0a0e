"""`manage.py create_office [ADDRESS ...]`: open the admin to people of the office."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Person
from accounts.models.groups import STEPS, OfficeGroup
from foundation.record import record
from foundation.values.addresses import plain_address

OPTIONS = {
    "manager": (OfficeGroup.MANAGER, "who may all that the office may, and says who else may what"),
    "scheduler": (OfficeGroup.SCHEDULER, "who plans workshops and sessions, and sees no names"),
    "viewer": (OfficeGroup.VIEWER, "who sees workshops, sessions and figures, and no names"),
    "accommodations": (OfficeGroup.ACCOMMODATIONS, "who reads and answers what people need to take part"),
}


class Command(BaseCommand):
    help = (
        "Put the people with the given addresses into the group Office, and those of an option into its group. The "
        "first Manager is made here; from then on a Manager does it in the admin. What the groups may do follows from "
        "`manage.py migrate`. Running it again adds nothing twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="*", help="E-mail address of a person of the office.")
        for name, (_, words) in OPTIONS.items():
            parser.add_argument(
                f"--{name}", nargs="+", default=[], metavar="ADDRESS", help=f"E-mail address of a person {words}."
            )

    @transaction.atomic
    def handle(self, *args: Any, address: list[str], **options: Any) -> None:
        groups = {name: Group.objects.get_or_create(name=name)[0] for name in OfficeGroup.values}
        self.add(address, groups[OfficeGroup.OFFICE])
        for option, (name, _) in OPTIONS.items():
            self.add(options[option], groups[name])
        for group in groups.values():
            self.stdout.write(f"{group}: {group.permissions.count()} permissions, {group.user_set.count()} people.")

    def add(self, addresses: list[str], group: Group) -> None:
        """Open the admin to the people with these addresses, and put them into `group`: of the steps each has one."""
        for email in addresses:
            person = Person.objects.filter(email=plain_address(email)).first() or self.create(email)
            if not person.is_staff:
                person.is_staff = True
                person.save(update_fields=["is_staff"])
            if person.groups.filter(pk=group.pk).exists():
                continue
            if group.name in STEPS:
                person.groups.remove(*Group.objects.filter(name__in=STEPS))
            person.groups.add(group)
            said = f"Put into the group {group.name} on the server with manage.py create_office."
            record(Person.objects.rule(), person, said)

    def create(self, email: str) -> Person:
        """Return a new account for an address. Raises CommandError for what is no address."""
        try:
            return Person.objects.create_user(email)
        except ValidationError as error:
            raise CommandError(f"{email}: {' '.join(error.messages)}") from None
