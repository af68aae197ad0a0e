"""Wording: the office's own words for a kind of mail."""

from django.core.exceptions import ValidationError
from django.db import models

from foundation.verbs import part_of_a_verb
from notifications.models.kind import kind_named
from notifications.models.placeholders import problems


class Wording(models.Model):
    """The office's own words for one kind of mail. The standard is sent where they are empty or cannot be used."""

    kind = models.CharField(max_length=20, primary_key=True, editable=False)
    subject = models.CharField(max_length=150, blank=True, help_text="Empty: the standard subject.")
    words = models.TextField(max_length=4000, blank=True, help_text="Empty: the standard words.")
    problem = models.CharField(
        max_length=500, blank=True, editable=False, help_text="Why the standard words were sent instead, the last time."
    )

    class Meta:
        ordering = ["kind"]
        verbose_name_plural = "wording of mail"

    def __str__(self) -> str:
        return kind_named(self.kind).label

    @property
    def is_standard(self) -> bool:
        """True where the office has no words of its own for this kind."""
        return not self.subject and not self.words

    def clean(self) -> None:
        """Refuse an unknown placeholder, a stray brace, control characters, and words that lack what they must hold.

        Raises ValidationError with sentences by field.
        """
        if found := problems(kind_named(self.kind), self.subject, self.words):
            raise ValidationError(found)

    @part_of_a_verb
    def report(self, problem: str) -> None:
        """Write down why this wording could not be used, unless the office has changed it since."""
        same = Wording.objects.filter(pk=self.pk, subject=self.subject, words=self.words)
        same.exclude(problem=problem[:500]).update(problem=problem[:500])
