"""Compare two schemas: what code that knows the older one can read and write on the newer one."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import F, Field, Model, Q
from django.db.models.constraints import BaseConstraint

Models = dict[str, type[Model]]


def tables(models: list[type[Model]]) -> Models:
    """Return the models by their table."""
    return {model._meta.db_table: model for model in models}


def breaks(old: Models, new: Models, kept: set[str]) -> Iterator[str]:
    """Yield a line for each thing that breaks code which knows `old` while the database is as in `new`.

    `new` is also what the database has: which columns may be empty or have a default is read there. Constraints in
    `kept` are known to hold for what the old code writes.
    """
    for table, model in old.items():
        if table not in new:
            yield f"{table}: it is gone, and the last release reads it"
            continue
        known, now = columns_of(model), columns_of(new[table])
        with connection.cursor() as cursor:
            described = {each.name: each for each in connection.introspection.get_table_description(cursor, table)}
        for column, field in known.items():
            if column not in described:
                yield f"{table}.{column}: it is gone, and the last release reads it"
            elif field.null and not described[column].null_ok:
                yield f"{table}.{column}: the last release leaves it empty"
            elif column in now and narrower(field, now[column]):
                yield f"{table}.{column}: it was {field.db_type(connection)}, and is {now[column].db_type(connection)}"
        for column in described.keys() - known.keys():
            if not described[column].null_ok and described[column].default is None:
                yield f"{table}.{column}: the last release does not fill it, and the database has no db_default for it"
        for name in new_constraints(model, new[table], known) - kept:
            yield f"{table}: the last release knows nothing of {name}"


def columns_of(model: type[Model]) -> dict[str, Field]:
    return {field.column: field for field in model._meta.concrete_fields}


def narrower(old: Field, new: Field) -> bool:
    """Tell whether a column takes less than it did: text may become longer, and numbers larger."""
    types = [type(field).__name__.replace("OneToOneField", "ForeignKey") for field in (old, new)]
    if old.db_type(connection) == new.db_type(connection):
        return False
    is_wider = (old.max_length or 0) <= (new.max_length or 10**9)
    return not (is_wider and (types[0] == types[1] or types == ["CharField", "TextField"]))


def new_constraints(old: type[Model], new: type[Model], known: dict[str, Field]) -> set[str]:
    """Return the names of the constraints that are new and say something of a column that is not."""
    before = {constraint.name for constraint in old._meta.constraints}
    names = {field.name for field in known.values()}
    unique = {column for column, field in columns_of(new).items() if field.unique and column in known}
    found = {column for column in unique if not known[column].unique}
    return found | {each.name for each in new._meta.constraints if each.name not in before and fields_of(each) & names}


def fields_of(constraint: BaseConstraint) -> set[str]:
    """Return the names of the fields that a CHECK or a unique constraint looks at."""
    named = set(getattr(constraint, "fields", ()))
    for expression in getattr(constraint, "expressions", ()):
        parts = [expression] if isinstance(expression, F) else expression.flatten()
        named |= {part.name for part in parts if isinstance(part, F)}
    condition = getattr(constraint, "condition", None)
    return named | condition.referenced_base_fields if isinstance(condition, Q) else named
