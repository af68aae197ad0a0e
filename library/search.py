"""What of the library can be found. A text that not everybody may open is not among the words: it could be guessed."""

from collections import defaultdict
from collections.abc import Iterator

from django.contrib.auth.models import AnonymousUser

from accounts.models import Person
from accounts.models.groups import may
from catalog.models import Workshop
from catalog.search import Document, Weight
from library import shelf
from library.models import Placement, Resource


def resources(person: Person | AnonymousUser) -> Iterator[Document]:
    """Give the resources that are listed; drafts too to the office alone. Four queries, none where there are none."""
    if not (may(person, "library.view_resource") or shelf.has_any("listed", Resource.objects.listed)):
        return
    found = Resource.objects.all() if may(person, "library.view_resource") else Resource.objects.listed()
    subjects = found.prefetch_related("topics", "actions").select_related("citation__resource")
    published = Workshop.objects.listed().values("pk")
    workshops: dict[int, dict[int, str]] = defaultdict(dict)
    placed = Placement.objects.filter(workshop__in=published).values_list("resource", "workshop", "workshop__title")
    for resource, workshop, title in placed:
        workshops[resource][workshop] = title
    for one in subjects:
        yield document_of(one, workshops[one.pk])


def document_of(resource: Resource, workshops: dict[int, str]) -> Document:
    """Return what is found of `resource`, which belongs to the `workshops`, titles by key."""
    tags = [topic.name for topic in resource.topics.all()] + [action.name for action in resource.actions.all()]
    citation = getattr(resource, "citation", None)
    fields = [(Weight.SUBJECT, name) for name in tags] + [(Weight.TEXT, title) for title in workshops.values()]
    fields += [(Weight.SUMMARY, citation.authors), (Weight.SUMMARY, citation.short)] if citation else []
    fields.append((Weight.SUMMARY, resource.source))
    if resource.access == Resource.Access.EVERYBODY:
        fields.append((Weight.TEXT, resource.body))
    return Document(
        key=("resource", resource.pk),
        what=resource.get_kind_display(),
        title=resource.title,
        url=resource.get_absolute_url(),
        summary=resource.summary,
        fields=tuple(fields),
        workshops=tuple(workshops),
        is_draft=not resource.is_published,
    )
