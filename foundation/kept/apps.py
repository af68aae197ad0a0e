from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KeptConfig(AppConfig):
    name = "foundation.kept"

    def ready(self) -> None:
        from foundation.kept.written import keep_triggers

        post_migrate.connect(keep_triggers, sender=self, dispatch_uid="triggers of what is kept")
