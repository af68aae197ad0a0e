"""The words a Notice is described in: its state, its calendar part, its priority. Its kind is in `kind.py`."""

from django.db import models


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
