"""What must not be, in the processes that send."""

from django.apps import AppConfig


class Impatient(AppConfig):
    """Whatever cannot be sent at once is given up."""

    name = "bench.torture.controls"

    def ready(self):
        from notifications.delivery import Sender
        from notifications.models import Notice

        def give_up(sender, notice, problem, now):
            sender._mark(notice, state=Notice.State.DEAD, problem=problem[:500])

        Sender._retry = give_up
