"""Resource: something to read or watch, and who may."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from catalog.models import Action, Topic, Workshop
from foundation.portal.reader import found
from foundation.values.lines import LineField
from foundation.values.links import LinkField
from library import shelf
from sessions_app.models import Session

# A long article; the office's browser sends it in one form, and a page of it is still one that people can open.
MOST_LETTERS = 100_000
MOST_DAYS = 365
DAY = timedelta(days=1)


class ResourceQuerySet(models.QuerySet["Resource"]):
    def published(self) -> Self:
        return self.filter(status=Resource.Status.PUBLISHED)

    def listed(self) -> Self:
        """Published, and not of unlisted sessions alone: those are found on the page of their session only."""
        seen = Q(placements__session=None, placements__workshop__posture__in=found())
        anywhere = Q(placements=None) | seen
        shown = Session.objects.listed().values("pk")
        return self.published().filter(anywhere | Q(placements__session__in=shown)).distinct()

    def of_workshop(self, workshop: Workshop) -> Self:
        """Those that belong to the workshop whatever the date."""
        return self.filter(placements__workshop=workshop, placements__session=None).distinct()

    def of_session(self, session: Session) -> Self:
        """Those that belong to the session: its own, and those of its workshop."""
        own, every = Q(placements__session=session), Q(placements__session=None)
        return self.filter(own | every, placements__workshop=session.workshop_id).distinct()

    def released_after(self, session: Session) -> Self:
        """The published resources of the session that its end opens to people who were there, or had a seat."""
        by_the_end = Q(released=Resource.Released.AFTER) | Q(access=Resource.Access.ATTENDED)
        return self.published().filter(by_the_end).of_session(session)

    def to_prepare_for(self, session: Session, now: datetime) -> Self:
        """The published pre-work of the session that its registrants may open at `now`."""
        days_left = ceil((session.starts_at - now) / DAY)
        is_released = Q(released=Resource.Released.ALWAYS) | Q(
            released=Resource.Released.BEFORE, days_before__gte=days_left
        )
        return self.published().filter(is_released, kind=Resource.Kind.PRE_WORK).of_session(session)


class Resource(models.Model):
    """An article, a video, a tip sheet, pre-work or a file: a text, a link and a file of the office, each if it has
    one, for the people of its `access`, from when it is released."""

    class Kind(models.TextChoices):
        ARTICLE = "article", "Article"
        VIDEO = "video", "Video"
        TIP_SHEET = "tip_sheet", "Tip sheet"
        PRE_WORK = "pre_work", "Pre-work"
        FILE = "file", "File"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    class Access(models.TextChoices):
        EVERYBODY = "everybody", "Everybody"
        SIGNED_IN = "signed_in", "People who sign in"
        REGISTRANTS = "registrants", "People with a seat in a session of it"
        ATTENDED = "attended", "People who took part in a session of it"

    class Released(models.TextChoices):
        ALWAYS = "always", "At any time"
        BEFORE = "before", "So many days before the session"
        AFTER = "after", "After the end of the session"

    # For these a resource has to belong somewhere.
    BY_SESSION = (Access.REGISTRANTS, Access.ATTENDED)

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ARTICLE)
    title = LineField(max_length=240)
    slug = models.SlugField(max_length=160, unique=True)
    summary = LineField(max_length=240, blank=True, help_text="One sentence. Everybody reads it, in lists and here.")
    source = LineField(
        "author and source",
        max_length=240,
        blank=True,
        help_text="As lists show it. Blank: as the citation below has it.",
    )
    body = models.TextField("text", blank=True, max_length=MOST_LETTERS, help_text="Markdown.")
    link = LinkField(max_length=500, blank=True, help_text="Where it is, if it is somewhere else.")
    minutes = models.PositiveSmallIntegerField(
        "minutes it takes", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="resources")
    actions = models.ManyToManyField(Action, blank=True, related_name="resources")
    workshops = models.ManyToManyField(Workshop, through="Placement", related_name="resources")
    access = models.CharField("who may open it", max_length=12, choices=Access.choices, default=Access.EVERYBODY)
    released = models.CharField("when", max_length=10, choices=Released.choices, default=Released.ALWAYS)
    days_before = models.PositiveSmallIntegerField(
        "how many days before",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text="Where it is released so many days before the session.",
    )
    position = models.PositiveSmallIntegerField("order", default=0, help_text="1 comes first.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title", "pk"]
        constraints = [
            models.CheckConstraint(
                # SQL lets pass what it cannot tell, as NULL >= 1: that there is a number is said on its own.
                condition=Q(released="before", days_before__isnull=False, days_before__gte=1)
                | (~Q(released="before") & Q(days_before=None)),
                name="resource_release_has_its_days",
                violation_error_message="Say how many days before the session, and only where it is released so.",
            ),
            models.CheckConstraint(
                condition=Q(released="always")
                | Q(access="registrants")
                | (Q(access="attended") & ~Q(released="before")),
                name="resource_released_to_people_of_a_session",
                violation_error_message="Only what people of a session may open is released before or after it.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and let the pages of this process look again whether there is anything in the library."""
        super().save(*args, **kwargs)
        shelf.forget()

    def get_absolute_url(self) -> str:
        return reverse("resource", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def byline(self) -> str:
        """Return author and source: the office's words, or those of the citation, or nothing."""
        if self.source:
            return self.source
        citation = getattr(self, "citation", None)
        return citation.short if citation else ""
