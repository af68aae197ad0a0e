"""What the page of a program asks about units."""

from django import template

from catalog.models import Program
from outcomes.models import KeptFigures

register = template.Library()


@register.simple_tag
def units_represented(program: Program) -> str:
    """Give the sentence that says how many units of how many are represented, "" for none. One query."""
    return KeptFigures.objects.covered(program)
