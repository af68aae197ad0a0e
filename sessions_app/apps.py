from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Sessions"

    def ready(self) -> None:
        from foundation.kept import watch
        from sessions_app import receivers  # noqa: F401
        from sessions_app.models import Meeting, Session, Venue

        watch(Session, Meeting, Venue)
