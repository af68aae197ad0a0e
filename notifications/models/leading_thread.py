"""LeadingThread: one entry in the calendar of somebody who leads a session, apart from any registration of theirs."""

from typing import TYPE_CHECKING

from django.db import models

from accounts.models import Person
from foundation.verbs import part_of_a_verb
from notifications.models.notices import Notice
from notifications.models.threads import new_uid
from sessions_app.models import Leading, Meeting

if TYPE_CHECKING:
    from datetime import datetime


class LeadingThreadQuerySet(models.QuerySet["LeadingThread"]):
    @part_of_a_verb
    def begin(self, leading: Leading, now: "datetime") -> None:
        """Give each meeting to come its UID, if they lead the session. A retry adds nothing.

        The caller holds the session's lock.
        """
        if not leading.stands:
            return
        ahead = Meeting.objects.order_by().filter(session=leading.session_id, ends_at__gt=now)
        threads = [LeadingThread(leading=leading, meeting_id=pk) for pk in ahead.values_list("pk", flat=True)]
        LeadingThread.objects.bulk_create(threads, ignore_conflicts=True)


class LeadingThread(models.Model):
    """UID and SEQUENCE of one meeting for one facilitator, and what they were told of it last.

    Both are assigned when a mail is claimed, by what is so then (`kinds/leading.py`). After a cancellation, and for
    another reader, the thread begins again with another UID.
    """

    leading = models.ForeignKey(Leading, models.CASCADE, related_name="threads")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="leading_threads")
    uid = models.CharField("UID", max_length=255, unique=True, default=new_uid)
    sequence = models.PositiveIntegerField(
        "SEQUENCE", null=True, help_text="Of the newest message; empty before the first."
    )
    shown = models.JSONField(
        default=dict, blank=True, help_text="What they were told last; empty where nothing stands."
    )
    in_calendar = models.BooleanField(default=False, help_text="The last message put it into their calendar.")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    address = models.EmailField(max_length=254, blank=True, help_text="Where they were told last.")
    notice = models.ForeignKey(
        Notice, models.SET_NULL, null=True, blank=True, related_name="+", help_text="The newest mail about it."
    )

    objects = LeadingThreadQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["leading", "meeting"], name="one_leading_thread_per_leading_and_meeting")
        ]

    def __str__(self) -> str:
        return self.uid

    def is_read_by(self, person: Person | None, address: str) -> bool:
        """Tell whether it is the same reader who was told before."""
        return (person is not None and person == self.person) or address == self.address
