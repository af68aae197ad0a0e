"""All resources, beside the workshops they belong to or by their topics; filters are links with counts."""

from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.models import Workshop
from foundation.text import shown
from library.models import Resource

FILTERS = ("kind", "topic", "action")
NAMES = {"kind": "Kind", "topic": "Topic", "action": "Action"}


class Choice(NamedTuple):
    """One link of a filter: what it is called, where it leads, how many it shows, and whether it is chosen."""

    name: str
    address: str
    many: int
    is_chosen: bool


class Filter(NamedTuple):
    label: str
    choices: list[Choice]


class Group(NamedTuple):
    """Resources that stand together: under a workshop or a topic, which has an `address`, or under none."""

    title: str
    address: str
    resources: list[Resource]


def values_of(resource: Resource, name: str) -> dict[str, str]:
    """Return what `resource` is under the filter `name`: words by value."""
    if name == "kind":
        return {resource.kind.replace("_", "-"): resource.get_kind_display()}
    tags = resource.topics.all() if name == "topic" else resource.actions.all()
    return {tag.slug: tag.name for tag in tags}


@login_not_required
@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """List the resources that fit the filters. A filter by what does not exist says so, and shows nothing."""
    listed = Resource.objects.listed().select_related("citation__resource").defer("body")
    everything = list(listed.prefetch_related("topics", "actions", "placements__workshop"))
    chosen = {name: value for name in FILTERS if (value := request.GET.get(name, ""))}
    by_topic = request.GET.get("by") == "topic"
    known = {name: _known(everything, name) for name in FILTERS}
    found = _fitting(everything, chosen)
    context = {
        "nav": "resources",
        "filters": [_filter(everything, name, known[name], chosen, by_topic) for name in FILTERS if known[name]],
        "unknown": [shown(value) for name, value in chosen.items() if value not in known[name]],
        "is_filtered": bool(chosen),
        "count": len(found),
        "groups": _groups(found, _topics_of if by_topic else _workshops_of),
        "by_topic": by_topic,
        "other_order": _address(chosen, not by_topic),
    }
    return render(request, "library/resources.html", context)


def _known(everything: Iterable[Resource], name: str) -> dict[str, str]:
    """Return every value of a filter that some resource has: kinds and actions in their order, topics by name."""
    found: dict[str, str] = {}
    for resource in everything:
        found |= values_of(resource, name)
    if name == "kind":
        order = [kind.replace("_", "-") for kind in Resource.Kind.values]
        return {value: found[value] for value in order if value in found}
    if name == "topic":
        return dict(sorted(found.items(), key=lambda one: one[1].casefold()))
    actions = {action.slug: action for resource in everything for action in resource.actions.all()}
    return {one.slug: one.name for one in sorted(actions.values(), key=lambda one: (one.position, one.name))}


def _fitting(everything: Iterable[Resource], chosen: dict[str, str]) -> list[Resource]:
    return [one for one in everything if all(value in values_of(one, name) for name, value in chosen.items())]


def _filter(
    everything: list[Resource], name: str, known: dict[str, str], chosen: dict[str, str], by_topic: bool
) -> Filter:
    """Return the links of one filter, each with how many there are of it beside what the other filters ask."""
    others = {each: value for each, value in chosen.items() if each != name}
    beside = _fitting(everything, others)
    choices = [Choice("All", _address(others, by_topic), len(beside), name not in chosen)]
    for value, words in known.items():
        count = sum(value in values_of(resource, name) for resource in beside)
        choices.append(Choice(words, _address(others | {name: value}, by_topic), count, chosen.get(name) == value))
    return Filter(NAMES[name], choices)


def _address(chosen: dict[str, str], by_topic: bool) -> str:
    asked = {name: chosen[name] for name in FILTERS if name in chosen}
    return "?" + urlencode(asked | {"by": "topic"} if by_topic else asked)


def _workshops_of(resource: Resource) -> dict[str, str]:
    """Return the published workshops that the resource belongs to: titles by address."""
    workshops = [placement.workshop for placement in resource.placements.all()]
    return {one.get_absolute_url(): one.title for one in workshops if one.status == Workshop.Status.PUBLISHED}


def _topics_of(resource: Resource) -> dict[str, str]:
    return {reverse("topic", args=[topic.slug]): topic.name for topic in resource.topics.all()}


def _groups(found: list[Resource], places_of: Callable[[Resource], dict[str, str]]) -> list[Group]:
    """Return the resources under the titles of their places, in the order of the titles; those of none come last."""
    groups: dict[str, Group] = {}
    alone = Group("", "", [])
    for resource in found:
        places = places_of(resource)
        for address, title in places.items():
            groups.setdefault(address, Group(title, address, [])).resources.append(resource)
        if not places:
            alone.resources.append(resource)
    ordered = sorted(groups.values(), key=lambda group: group.title.casefold())
    return [*ordered, alone] if alone.resources else ordered
