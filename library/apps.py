from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from catalog.search import register
        from foundation.kept import watch
        from library.models import Citation, Placement, Resource
        from library.search import resources

        register(resources)
        watch(Resource, Placement, Citation)
