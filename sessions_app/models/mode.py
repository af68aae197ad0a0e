"""How a person takes part in a session that is online and in person."""

from django.db import models


class Mode(models.TextChoices):
    """One of the two ways to take part. The values are those of a session's format."""

    ROOM = "in_person", "In the room"
    ONLINE = "online", "Online"
