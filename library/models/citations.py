"""Citation: what a published work is called in a list of references."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from foundation.values.dois import MOST as LONGEST_DOI
from foundation.values.dois import DoiField
from foundation.values.lines import LineField, read_line
from foundation.values.links import LinkField
from library.citations.names import names_of
from library.models.resources import Resource

EARLIEST, LATEST = 1400, 2100
MOST_AUTHORS, LONGEST_NAME = 200, 200


class Citation(models.Model):
    """The facts of a published work, in the fields of CSL (the Citation Style Language 1.0.2, appendix IV)."""

    class Type(models.TextChoices):
        ARTICLE = "article-journal", "Article in a journal"
        BOOK = "book", "Book"
        CHAPTER = "chapter", "Chapter of a book"
        REPORT = "report", "Report"
        FILM = "motion_picture", "Film or video"
        PAGE = "webpage", "Page of the web"

    resource = models.OneToOneField(Resource, models.CASCADE, related_name="citation")
    type = models.CharField("kind of work", max_length=20, choices=Type.choices, default=Type.ARTICLE)
    authors = models.TextField(
        blank=True,
        help_text="One a line, the family name first: “Sonnenberg, Lyn K.”. An organization has no comma.",
    )
    title = LineField(
        "title of the work", max_length=500, blank=True, help_text="Blank: the title of the resource, above."
    )
    journal = LineField("journal, book or site", max_length=300, blank=True)
    publisher = LineField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
    )
    volume = LineField(max_length=40, blank=True)
    issue = LineField(max_length=40, blank=True)
    pages = LineField(max_length=60, blank=True, help_text="For example 111-115.")
    doi = DoiField("DOI", max_length=LONGEST_DOI, blank=True, help_text="For example 10.36834/cmej.71566.")
    url = LinkField("URL", max_length=500, blank=True)

    def __str__(self) -> str:
        return self.short or self.title or "Citation"

    def clean(self) -> None:
        """Bring the authors into their plain form, one a line. Refuses what is no name, and too many of them."""
        lines = self.authors.replace("\r\n", "\n").split("\n")
        try:
            names = [name for name in map(read_line, lines) if name]
        except ValidationError as error:
            raise ValidationError({"authors": error.message}) from None
        if len(names) > MOST_AUTHORS:
            raise ValidationError({"authors": f"Name {MOST_AUTHORS} authors at most; the others are “et al.”."})
        if any(len(name) > LONGEST_NAME for name in names):
            raise ValidationError({"authors": "One of these names is too long. Write one author a line."})
        self.authors = "\n".join(names)

    @property
    def work(self) -> str:
        """Return the title of the work."""
        return self.title or self.resource.title

    @property
    def short(self) -> str:
        """Return it as a list names it: “Sonnenberg et al., Canadian Medical Education Journal, 2021”."""
        year = str(self.year) if self.year else ""
        return ", ".join(filter(None, (self._first_author, self.journal or self.publisher, year)))

    @property
    def _first_author(self) -> str:
        names = names_of(self.authors)
        first = [name.get("literal") or name["family"] for name in names[:2]]
        if len(names) > 2:
            return f"{first[0]} et al."
        return " and ".join(first)

    def facts(self) -> dict[str, Any]:
        """Return the fields as CSL names them, without those that are empty."""
        found = {
            "type": self.type,
            "title": self.work,
            "author": names_of(self.authors),
            "container-title": self.journal,
            "publisher": self.publisher,
            "issued": {"date-parts": [[self.year]]} if self.year else None,
            "volume": self.volume,
            "issue": self.issue,
            "page": self.pages,
            "DOI": self.doi,
            "URL": self.url,
        }
        return {name: value for name, value in found.items() if value}
