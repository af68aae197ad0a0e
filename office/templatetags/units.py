"""Who represents a unit, beside the unit."""

from django import template

from accounts.models import Champion, Unit

register = template.Library()


@register.simple_tag
def champions_of(unit: Unit) -> list[Champion]:
    """Return who represents `unit` now."""
    return list(unit.champions.standing().select_related("person"))
