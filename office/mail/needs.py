"""Mail that needs a hand, as the office's home counts it."""

from notifications.models import Notice, ReceivedMail, Wording
from office.home.waiting import Line

NEEDS_A_HAND = [
    Line(
        lambda now: Notice.objects.undeliverable(),
        "notifications.view_notice",
        "admin:notifications_notice_undeliverable",
        "",
        "1 mail could not be delivered",
        "{count} mails could not be delivered",
    ),
    Line(
        lambda now: ReceivedMail.objects.waiting_for_the_office(),
        "notifications.view_receivedmail",
        "admin:notifications_receivedmail_changelist",
        "waiting=1",
        "1 received mail to read",
        "{count} received mails to read",
    ),
    Line(
        lambda now: Wording.objects.exclude(problem=""),
        "notifications.view_wording",
        "admin:notifications_wording_changelist",
        "",
        "1 of your wordings of mail could not be used",
        "{count} of your wordings of mail could not be used",
    ),
]
