"""The people behind the sessions: Facilitators who lead them, and the TeamMembers of the office."""

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils.text import slugify

from accounts.models import Person
from catalog.signals import facilitator_reached
from foundation import database_clock
from foundation.naming import Named
from foundation.record import record
from foundation.values.addresses import AddressField
from foundation.values.lines import LineField
from foundation.verbs import verb

# What is left of the name of somebody who was erased: past sessions say that somebody led them.
FORMER = "Former facilitator"


class Facilitator(Named):
    """A person who leads sessions, with the name they wish to have there.

    Mail about what they lead goes to the account that the office links, or else to an address of their own.
    """

    NAMING = ("name", "credentials", "pronouns")

    name = LineField(max_length=120)
    credentials = LineField(max_length=80, blank=True, help_text="For example MEd or MD, MPH.")
    pronouns = LineField(max_length=40, blank=True)
    title = LineField(max_length=160, blank=True)
    unit = LineField(
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text="The department, or the organization they come from.",
    )
    biography = models.TextField(
        "a few sentences", blank=True, default="", db_default="", help_text="What people read on their page. Markdown."
    )
    person = models.OneToOneField(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="account",
        related_name="facilitator",
        help_text="They read there what they lead, and who comes. Mail about it goes to its address.",
        error_messages={"unique": "Another facilitator has this account."},
    )
    email = AddressField(
        "e-mail address",
        blank=True,
        default="",
        db_default="",
        help_text="For mail about what they lead, where no account is linked. Nobody else sees it.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def reader(self) -> Person | None:
        """Return the account that reads the mail about what they lead; None where none is linked, or it is off."""
        return self.person if self.person and self.person.is_active else None

    @property
    def address(self) -> str:
        """Return where mail about what they lead goes; "" where nobody can be told."""
        return self.reader.email if self.reader else self.email

    @verb
    def reach(self, by: Person, person: Person | None, email: str, now: datetime | None = None) -> None:
        """Let mail about what they lead go to the account `person`, or else to the address `email`.

        An account that is another facilitator's already is refused by the form, and by the database.
        """
        self.refresh_from_db(from_queryset=Facilitator.objects.select_for_update(no_key=True))
        if (person, email) == (self.person, self.email):
            return
        was, self.person, self.email = self.address, person, email
        self.save(update_fields=["person", "email"])
        record(by, self, f"Mail about what they lead: to {self.address or 'nobody'}, before to {was or 'nobody'}.")
        facilitator_reached.send(Facilitator, facilitator=self, now=now or database_clock.now())

    def get_absolute_url(self) -> str:
        # By number, so that a new name breaks no link; the name behind it is for people who read the address.
        return reverse("facilitator", args=["-".join(filter(None, (str(self.pk), slugify(self.name))))])

    @property
    def byline(self) -> str:
        """Return the name with credentials and pronouns: “Renata Oyelaran, MEd (she/her)”."""
        return byline(self.name, self.credentials, self.pronouns)


class TeamMember(models.Model):
    """Somebody of the office, for the page about its team: what they do and how to write to them."""

    name = LineField(max_length=120)
    credentials = LineField(max_length=80, blank=True, help_text="For example MEd or MD, MPH.")
    pronouns = LineField(max_length=40, blank=True)
    role = LineField(max_length=160, help_text="For example Learning and development manager.")
    email = AddressField("e-mail address", blank=True, help_text="Everybody can read it.")
    about = models.TextField("a few sentences", blank=True, help_text="Markdown.")
    position = models.PositiveSmallIntegerField("order", default=0)
    facilitator = models.OneToOneField(
        Facilitator,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="team_member",
        help_text="Where they lead sessions too: their name leads to that page.",
    )

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def byline(self) -> str:
        """Return the name with credentials and pronouns, as a facilitator's."""
        return byline(self.name, self.credentials, self.pronouns)


def byline(name: str, credentials: str, pronouns: str) -> str:
    """Return a name as it stands on pages and in mail: “Renata Oyelaran, MEd (she/her)”."""
    name = f"{name}, {credentials}" if credentials else name
    return f"{name} ({pronouns})" if pronouns else name
