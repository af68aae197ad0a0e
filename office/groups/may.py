"""What each group of the office may do, and how the database keeps to it.

A page says with `office_may` what the group Office may do there; the other groups follow from that. Django makes the
permissions of a new model after the migrations have run, so the groups are set then, each time (`post_migrate`): a
migration that adds a model needs no line about groups, and a permission that somebody added by hand goes.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.db import connections, models

from accounts.models.groups import APPOINT, OfficeGroup

# What a Scheduler plans with: the office's own permissions on it, and none of it names a person who takes part.
PLANNED = frozenset(
    {
        "catalog.action",
        "catalog.facilitator",
        "catalog.pagetext",
        "catalog.partner",
        "catalog.program",
        "catalog.teammember",
        "catalog.topic",
        "catalog.workshop",
        "library.resource",
        "sessions_app.blackout",
        "sessions_app.scheduleimport",
        "sessions_app.session",
        "sessions_app.venue",
    }
)
# What plans refer to, and only the Office changes.
LOOKED_UP = frozenset({"accounts.campus", "accounts.unit", "outcomes.creditkind", "outcomes.requirement"})
# Beside all that the Office may: who may do what, and second factors that their owners have lost.
# They also erase people, and place and lift legal holds.
MANAGERS_OWN = frozenset(
    {
        APPOINT,
        "accounts.delete_person",
        "auth.view_group",
        "mfa.view_authenticator",
        "mfa.delete_authenticator",
        "operations.add_legalhold",
        "operations.view_legalhold",
    }
)


def permissions_of(group: str) -> set[str]:
    """Return what a group may do, as “catalog.view_workshop” and so on. Accommodations: nothing but its own page."""
    office = {
        (model._meta.label_lower, action)
        for model, page in admin.site._registry.items()
        for action in getattr(page, "office_may", ())
    }
    planning = {each for each in office if each[0] in PLANNED}
    seen = {each for each in office if each[0] in PLANNED | LOOKED_UP and each[1] == "view"}
    wanted: dict[str, set[tuple[str, str]]] = {
        OfficeGroup.VIEWER: seen,
        OfficeGroup.SCHEDULER: planning | seen,
        OfficeGroup.OFFICE: office,
        OfficeGroup.MANAGER: office,
    }
    named = {_permission(label, action) for label, action in wanted.get(group, ())}
    return named | MANAGERS_OWN if group == OfficeGroup.MANAGER else named


def _permission(label: str, action: str) -> str:
    opts = apps.get_model(label)._meta
    return f"{opts.app_label}.{get_permission_codename(action, opts)}"


def groups_allowed(permission: str) -> list[str]:
    """Return the names of the groups that have a permission, in the order of their steps."""
    return [group.value for group in OfficeGroup if permission in permissions_of(group)]


# ---- the database ----


def keep_groups_exact(app_config: AppConfig, using: str, **signal: Any) -> None:
    """Make each group, and give it exactly its permissions: after the last app has made its own (`post_migrate`)."""
    last = [each for each in apps.get_app_configs() if each.models_module][-1]
    if app_config != last or not _has_tables(using):
        return
    found = _by_name(Permission.objects.using(using).all())
    for name in OfficeGroup.values:
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set([found[each] for each in permissions_of(name) if each in found])


def _has_tables(using: str) -> bool:
    """Tell whether groups can be kept: a migration back to the beginning takes their tables away."""
    return Group._meta.db_table in connections[using].introspection.table_names()


def _by_name(permissions: models.QuerySet[Permission]) -> dict[str, int]:
    rows = permissions.values_list("content_type__app_label", "codename", "pk")
    return {f"{app}.{codename}": pk for app, codename, pk in rows}


def groups_may_what_they_should(now: datetime) -> Iterator[str]:
    """G12: a group may exactly what the pages of the office say it may. Yields a line for each that may not."""
    held: dict[str, set[str]] = {name: set() for name in OfficeGroup.values}
    rows = Group.objects.filter(name__in=held, permissions__isnull=False)
    for name, app, codename in rows.values_list(
        "name", "permissions__content_type__app_label", "permissions__codename"
    ):
        held[name].add(f"{app}.{codename}")
    for name, has in held.items():
        for each in sorted(has - permissions_of(name)):
            yield f"G12 group {name}: it may {each}, and should not."
        for each in sorted(permissions_of(name) - has):
            yield f"G12 group {name}: it may not {each}, and should."
