from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from django.contrib.admin.models import LogEntry

        from foundation.kept import watch
        from notifications import receivers, receivers_of_decisions, receivers_of_requests  # noqa: F401

        # Public calendars say how often what they show was changed, and when last.
        watch(LogEntry)
