from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OfficeConfig(AppConfig):
    name = "office"

    def ready(self) -> None:
        from office.groups.may import groups_may_what_they_should, keep_groups_exact
        from operations.invariants import PROMISES

        post_migrate.connect(keep_groups_exact, dispatch_uid="groups of the office")
        if groups_may_what_they_should not in PROMISES:
            PROMISES.append(groups_may_what_they_should)
