"""PageText: words of the office's own on a page."""

from django.db import models


class PageText(models.Model):
    """What the office wants to say at one place of the pages, in Markdown; our own words stand where there is none."""

    class Place(models.TextChoices):
        HOME = "home", "The lead of the home page"
        PURPOSE = "purpose", "What our trainings are for"
        HOW = "how", "How our trainings work"
        REQUESTS = "requests", "Asking for a session"
        FOOTER = "footer", "The foot of every page"

    place = models.CharField(max_length=10, choices=Place.choices, unique=True)
    text = models.TextField(help_text="Markdown.")

    class Meta:
        ordering = ["place"]
        verbose_name = "page text"

    def __str__(self) -> str:
        return self.get_place_display()
