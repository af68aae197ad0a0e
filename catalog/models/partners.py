"""Partners: the organizations that workshops and programs are given with, or paid for by."""

from django.db import models

from foundation.values.lines import LineField
from foundation.values.links import LinkField


class Partner(models.Model):
    """An organization that a workshop or a program is given with; as its sponsor, the one that pays for it."""

    name = LineField(max_length=160, unique=True)
    slug = models.SlugField(max_length=160, unique=True)
    link = LinkField(max_length=500, blank=True)
    gives = models.TextField("what it gives", blank=True, help_text="What people read about it. Markdown.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
