from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from catalog.search import register
        from catalog.search.offered import offered
        from foundation.kept import watch

        register(offered)
        watch(*self.get_models())
