"""What the catalog is about: Topics, and the Actions that people are trained for."""

from django.db import models

from foundation.values.lines import LineField


class Topic(models.Model):
    """A subject people filter the catalog by."""

    name = LineField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Action(models.Model):
    """One of the things people learn to do, such as being, knowing, feeling, doing, promoting and acting, in order."""

    name = LineField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField("order", default=0)
    summary = LineField(max_length=240, blank=True, help_text="One sentence: what it means.")

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
