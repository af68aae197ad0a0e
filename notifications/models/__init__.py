from notifications.models.mail_queue import MailQueue
from notifications.models.notices import Notice, NoticeQuerySet, new_message_id
from notifications.models.private_feed import CalendarFeed
from notifications.models.received import Decline, ReceivedMail, ReplyMailbox
from notifications.models.threads import CalendarThread, CalendarThreadQuerySet, new_uid
from notifications.models.wordings import Wording

__all__ = [
    "CalendarFeed",
    "CalendarThread",
    "CalendarThreadQuerySet",
    "Decline",
    "MailQueue",
    "Notice",
    "NoticeQuerySet",
    "ReceivedMail",
    "ReplyMailbox",
    "Wording",
    "new_message_id",
    "new_uid",
]
