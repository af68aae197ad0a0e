"""The words about notices: what they tell, where they stand, what their calendar part is, who goes first."""

from django.db import models


class Kind(models.TextChoices):
    CODE = "code", "Sign-in code"
    ACCOUNT = "account", "Account"
    REGISTERED = "registered", "Registered"
    WAITLISTED = "waitlisted", "On the waitlist"
    PROMOTED = "promoted", "A seat from the waitlist"
    CONFIRMED = "confirmed", "Session confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CANCELLED = "cancelled", "Session cancelled"
    SEAT_OPENED = "seat_opened", "A seat has opened"
    WAITLIST_CLOSED = "waitlist_closed", "Waitlist closed"
    UNDECIDED = "undecided", "The office is asked"
    NOMINATED = "nominated", "Nominated"
    CALLED_OFF = "called_off", "Nominated, session cancelled"
    DATED = "dated", "A new date"
    AGAIN = "again", "The invitation again"
    CHANGED = "changed", "Session changed"
    ADDED = "added", "A meeting added"
    DROPPED = "dropped", "A meeting cancelled"
    ALTERED = "altered", "Nominated, session changed"
    UNDATED = "undated", "A new date cancelled"
    DECLINED = "declined", "Declined in the calendar"
    PART_DECLINED = "part_declined", "One part declined"
    KEPT = "kept", "Kept after declining"
    UNPROVEN = "unproven", "An answer to confirm"
    PLACE_GONE = "place_gone", "Accepted too late"
    AT_RISK = "at_risk", "More people needed"
    ROOM_LEFT = "room_left", "Seats on a date at risk"
    REMINDER = "reminder", "Reminder"
    PRE_WORK = "pre_work", "Pre-work not read"
    DIGEST = "digest", "Decisions due"


class State(models.TextChoices):
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    SUPERSEDED = "superseded", "Superseded by a newer one"
    DEAD = "dead", "Undeliverable"
    EXPIRED = "expired", "Expired"


class Method(models.TextChoices):
    NONE = "", "No calendar part"
    REQUEST = "REQUEST", "Invitation"
    CANCEL = "CANCEL", "Cancellation"


class Priority(models.IntegerChoices):
    CODE = 0, "Code"
    NEWS = 5, "News"
