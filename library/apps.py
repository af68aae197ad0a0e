from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from catalog.search import register
        from library.search import resources

        register(resources)
