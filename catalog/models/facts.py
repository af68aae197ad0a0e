"""What people know of a workshop before they come: its kind, its language, whether it is recorded, and so on."""

from django.db import models

from catalog.offerings import SAYS, Offering, Says
from foundation.values.lines import LineField


class Format(models.TextChoices):
    ONLINE = "online", "Online"
    IN_PERSON = "in_person", "In person"
    HYBRID = "hybrid", "Online and in person"


class Facts(models.Model):
    """The facts of a workshop. What pages and mail claim of it follows from them, and from nothing else."""

    offering = models.CharField(
        max_length=10, choices=Offering.choices, default=Offering.TRAINING, db_default=Offering.TRAINING
    )
    offering_name = LineField(
        "what people read instead",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="The office’s own name for this kind, such as “change chat”. Blank: training, lecture and so on.",
    )
    is_interactive = models.BooleanField("interactive", default=True, db_default=True)
    is_recorded = models.BooleanField("recorded", default=False, db_default=False)
    recording_note = LineField(
        "about the recording",
        max_length=240,
        blank=True,
        default="",
        db_default="",
        help_text="One sentence: why it is not recorded, or where people find the recording.",
    )
    has_captions = models.BooleanField("live captions online", default=True, db_default=True)
    language = LineField(max_length=60, default="English", db_default="English")

    class Meta:
        abstract = True

    @property
    def says(self) -> Says:
        """Return what pages say of its kind."""
        return SAYS[self.offering]

    @property
    def offering_words(self) -> str:
        """“Training”, “Lecture”, or the office's own name for it, such as “Change chat”."""
        name = self.offering_name or self.get_offering_display()
        return name[:1].upper() + name[1:]

    @property
    def is_plain_training(self) -> bool:
        """True where lists need not say what kind it is: most of a catalog are trainings."""
        return self.offering == Offering.TRAINING and not self.offering_name

    @property
    def asks_teams(self) -> bool:
        """True where its page asks whether a team would have one of its own. A lecture does not."""
        return self.says.asks_teams

    @property
    def kind_words(self) -> str:
        """“Training, interactive”, or its kind alone."""
        return f"{self.offering_words}, interactive" if self.is_interactive else self.offering_words

    @property
    def recording_words(self) -> str:
        """“Not recorded”, with the office's sentence about it: “Not recorded. What is said here stays here.”."""
        words = "Recorded" if self.is_recorded else "Not recorded"
        return f"{words}. {self.recording_note}" if self.recording_note else words

    def has_captions_when(self, format: str) -> bool:
        """True where live captions are on for people who take part in `format`, or in a part of it, online."""
        return self.has_captions and format != Format.IN_PERSON

    def good_to_know(self, format: str) -> str:
        """“Lecture · English · Live captions · Not recorded”: what a mail says of a session held in `format`."""
        kind = "" if self.is_plain_training and self.is_interactive else self.kind_words
        captions = "Live captions" if self.has_captions_when(format) else ""
        return " · ".join(filter(None, (kind, self.language, captions, self.recording_words)))
