"""How a figure is written."""

from django import template

register = template.Library()


@register.filter
def figure(told: object) -> object:
    """Write a whole number with its thousands apart, “12,400”; leave whatever stands in place of one."""
    return f"{told:,}" if type(told) is int else told
