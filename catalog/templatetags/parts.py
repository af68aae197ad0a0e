"""What pages show of the parts of a workshop."""

from collections.abc import Iterable, Sequence

from django import template

from catalog.models import Objective, Part
from catalog.models.parts import lengths_in_words

register = template.Library()


@register.filter
def of_part(objectives: Iterable[Objective], part: Part | None) -> list[Objective]:
    """Give the objectives of one part; those of the whole workshop for None."""
    return [one for one in objectives if one.part_id == (part and part.pk)]


@register.filter
def differ_in_length(parts: Sequence[Part]) -> bool:
    """Tell whether the parts are not all of one length."""
    return len({part.minutes for part in parts}) > 1


register.filter("lengths_in_words", lengths_in_words)
