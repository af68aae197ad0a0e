from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401
        from accounts.models import Campus
        from foundation.kept import watch

        watch(Campus)
