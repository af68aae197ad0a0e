from notifications.models.announcements import Announcement
from notifications.models.declines import Decline, every_meeting_declined
from notifications.models.kind import KINDS, Kind
from notifications.models.leading_thread import LeadingThread
from notifications.models.mail_queue import MailQueue
from notifications.models.notices import Notice, NoticeQuerySet, counts_of, new_message_id
from notifications.models.private_feed import CalendarFeed
from notifications.models.received import ReceivedMail
from notifications.models.reply_mailbox import ReplyMailbox
from notifications.models.threads import CalendarThread, CalendarThreadQuerySet, new_uid
from notifications.models.wordings import Wording

__all__ = [
    "KINDS",
    "Announcement",
    "CalendarFeed",
    "CalendarThread",
    "CalendarThreadQuerySet",
    "Decline",
    "Kind",
    "LeadingThread",
    "MailQueue",
    "Notice",
    "NoticeQuerySet",
    "ReceivedMail",
    "ReplyMailbox",
    "Wording",
    "counts_of",
    "every_meeting_declined",
    "new_message_id",
    "new_uid",
]
