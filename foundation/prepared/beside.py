"""Rows that a prepared query read, put where a page looks for what belongs to a thing."""

from collections.abc import Iterable

from django.db.models import Model


def put_beside(thing: Model, name: str, rows: Iterable[Model]) -> None:
    """Let `thing.<name>.all()` give `rows` without a query, as after prefetch_related. `name` is a relation to many."""
    related = thing._meta.get_field(name).related_model
    assert isinstance(related, type), "every related model is known by name once Django has started"
    found = related._default_manager.all()
    found._result_cache = list(rows)
    found._prefetch_done = True  # type: ignore[attr-defined] # so do Django's own prefetches
    vars(thing).setdefault("_prefetched_objects_cache", {})[name] = found
