"""How workshops stand to each other: what comes after what, and what counts as what. Neither goes in a circle.

A workshop comes after others (`Workshop.requires`), and may count as another one that took its place
(`Workshop.successor`), which may count as a third.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from django.contrib.contenttypes.models import ContentType

from catalog.models import Workshop
from foundation.verbs import lock_row


def counting_as(workshops: Iterable[int]) -> dict[int, set[int]]:
    """Return the keys of the workshops that count as each of `workshops`, which are keys: itself and others. One query.

    What counts as a workshop that counts as it is among them.
    """
    predecessors: dict[int, list[int]] = defaultdict(list)
    for one, successor in _successors():
        predecessors[successor].append(one)
    return {workshop: {workshop, *_reached_from(workshop, predecessors)} for workshop in workshops}


def counts_in_the_end_as(workshops: Iterable[int]) -> dict[int, int]:
    """Return the key of the workshop that each of `workshops`, which are keys, counts as in the end. One query.

    Two keys with one value are the same workshop to people, under a new name.
    """
    successor = dict(_successors())
    found = {}
    for workshop in workshops:
        last, seen = workshop, {workshop}
        while (following := successor.get(last)) is not None and following not in seen:
            last = following
            seen.add(last)
        found[workshop] = last
    return found


def lock_order() -> None:
    """Let nobody else put workshops into another order until the transaction ends. Waits 3 s at most.

    Two rows that are each sound alone can make a circle together, so one row is locked that stands for all of them.
    """
    lock_row(ContentType.objects.get_for_model(Workshop))


def circle_of_requires(workshop: Workshop, requires: Iterable[Workshop]) -> str:
    """Return the sentence that names the circle which `workshop` would be in if it came after `requires`, or nothing.

    The order is to be locked.
    """
    after = defaultdict(list)
    for later, earlier in Workshop.requires.through.objects.values_list("from_workshop", "to_workshop"):
        after[later].append(earlier)
    after[workshop.pk] = [one.pk for one in requires]
    return _named(_circle(workshop.pk, after), "comes after")


def circle_of_successors(workshop: Workshop, successor: Workshop | None) -> str:
    """Return the sentence that names the circle which `workshop` would be in if it counted as `successor`, or nothing.

    The order is to be locked.
    """
    counts = {one: [other] for one, other in _successors()}
    counts[workshop.pk] = [successor.pk] if successor else []
    return _named(_circle(workshop.pk, counts), "counts as")


def _reached_from(start: int, edges: Mapping[int, list[int]]) -> dict[int, int]:
    """Return what is reached from `start`, each with the one before it on a shortest way."""
    came_from: dict[int, int] = {}
    ahead = [start]
    for one in ahead:
        for other in edges.get(one, ()):
            if other not in came_from:
                came_from[other] = one
                ahead.append(other)
    return came_from


def _circle(start: int, edges: Mapping[int, list[int]]) -> list[int]:
    """Return a shortest way from `start` back to itself, both ends included; empty if there is none."""
    came_from = _reached_from(start, edges)
    if start not in came_from:
        return []
    way = [start, came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _successors() -> Iterator[tuple[int, int]]:
    """Yield the key of each workshop that counts as another one, with the key of that one."""
    found = Workshop.objects.filter(successor__isnull=False).order_by().values_list("pk", "successor_id")
    return ((one, other) for one, other in found if other is not None)


def _named(circle: list[int], stands: str) -> str:
    """“A comes after B, which comes after C, which comes after A.” Empty for no circle."""
    if not circle:
        return ""
    titles = dict(Workshop.objects.filter(pk__in=circle).values_list("pk", "title"))
    first, second, *others = [titles[one] for one in circle]
    return "".join([f"{first} {stands} {second}", *(f", which {stands} {title}" for title in others), "."])
