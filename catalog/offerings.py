"""What kind of thing a workshop is, and what pages say of each kind. One table: a new kind is a row of it."""

from typing import NamedTuple

from django.db import models


class Offering(models.TextChoices):
    """What kind of thing a workshop is."""

    TRAINING = "training", "Training"
    LECTURE = "lecture", "Lecture"
    DEBRIEF = "debrief", "Debrief"
    DIALOGUE = "dialogue", "Dialogue"


class Says(NamedTuple):
    """What pages say of one kind.

    `minimum` is how many people a session of it needs where the office says nothing; `asks_teams`, whether its page
    asks for teams that would have one of their own. `about` and `objectives` are the headings of its description and
    of its objectives.
    """

    minimum: int
    asks_teams: bool
    about: str
    objectives: str


SAYS: dict[str, Says] = {
    Offering.TRAINING: Says(6, True, "About this workshop", "What you will be able to do"),
    Offering.LECTURE: Says(1, False, "About this lecture", "What you will learn"),
    Offering.DEBRIEF: Says(6, True, "About this debrief", "What we look back on"),
    Offering.DIALOGUE: Says(6, True, "About this dialogue", "What we talk about"),
}
