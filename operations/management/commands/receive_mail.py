"""`manage.py receive_mail`: apply one message on standard input, for mail servers that hand answers to a program."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from foundation.wake import wake
from notifications.replies.applying import DATABASE_AWAY, receive
from notifications.replies.reading import MOST_BYTES
from notifications.tasks import deliver_soon


class Command(BaseCommand):
    help = (
        "Apply one message on standard input: an answer to an invitation, or a delivery report. The exit code is 0 "
        "also for what is ignored or cannot be read, and 75 (try again later) when the database is away."
    )

    def handle(self, **options: Any) -> None:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        # The program that writes must not find the pipe closed.
        while sys.stdin.buffer.read(MOST_BYTES):
            pass
        try:
            mail = receive(raw)
        except DATABASE_AWAY:
            self.stderr.write("The database is away or busy: hand the message over again later.")
            sys.exit(os.EX_TEMPFAIL)
        wake(deliver_soon)
        self.stdout.write(f"{mail.get_outcome_display()}. {mail.sentence}".strip())
