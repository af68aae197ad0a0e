"""Wanted: what a team asks for, before there is a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from accounts.models import Campus, Unit
from catalog.models import Workshop


class Where(models.TextChoices):
    """Where a team would like to meet."""

    ROOM = "in_person", "In a room"
    ONLINE = "online", "Online"
    EITHER = "either", "Either is fine"


@dataclass(frozen=True)
class Wanted:
    """What a person asks for. Of `workshop` and `topic` one is given; `windows` are aware starts and ends."""

    people: int
    windows: Sequence[tuple[datetime, datetime]]
    time_zone: str
    workshop: Workshop | None = None
    topic: str = ""
    unit: Unit | None = None
    campus: Campus | None = None
    why_fewer: str = ""
    addresses: Sequence[str] = ()
    takes_part: bool = True
    where: str = Where.EITHER
    hopes: str = ""

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        return sorted(self.windows)
