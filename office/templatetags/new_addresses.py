"""The new address that waits for a person, beside the person."""

from django import template

from accounts.models import AddressChange, Person

register = template.Library()


@register.simple_tag
def new_address_of(person: Person) -> AddressChange | None:
    """Return the change of address that waits for `person`, if there is one."""
    return AddressChange.objects.of(person)
