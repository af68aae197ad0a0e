"""Resources for tests: one of each kind of access, with everything a resource can have."""

from collections.abc import Callable

import pytest

# With bytes that are no text, as every PDF has.
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def forgotten_shelf():
    """No page remembers what the library held in another test."""
    from library import shelf

    shelf.forget()


@pytest.fixture
def make_resource(db) -> Callable:
    """make_resource(title="...", beside=[workshop or session, ...], file=b"...", cited={...}, **fields) publishes one.

    Its slug follows from the title; `cited` are fields of its citation.
    """
    from django.utils.text import slugify

    from catalog.models import Workshop
    from library.models import Citation, Placement, Resource, StoredFile
    from library.uploads import Upload

    def make(title: str = "Six ways to be an ally", **fields) -> Resource:
        beside, content = fields.pop("beside", ()), fields.pop("file", None)
        cited, topics, actions = fields.pop("cited", None), fields.pop("topics", ()), fields.pop("actions", ())
        own = {"title": title, "slug": slugify(title), "status": Resource.Status.PUBLISHED}
        resource = Resource.objects.create(**own | fields)
        for one in beside:
            is_workshop = isinstance(one, Workshop)
            workshop, session = (one, None) if is_workshop else (one.workshop, one)
            Placement.objects.create(resource=resource, workshop=workshop, session=session)
        if cited is not None:
            Citation.objects.create(resource=resource, **cited)
        if content is not None:
            StoredFile.objects.put(resource, Upload("pdf", "application/pdf", content))
        resource.topics.set(topics)
        resource.actions.set(actions)
        return resource

    return make
