from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "outcomes"

    def ready(self) -> None:
        from foundation.kept import watch
        from outcomes import receivers  # noqa: F401
        from outcomes.models import KeptFigures

        watch(KeptFigures)
