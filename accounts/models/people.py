"""Who people are: Person, anyone with an account."""

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.functions import Lower, Now
from django.utils.functional import cached_property

from accounts.browser_sessions.model import name_of
from accounts.models.campus import Campus
from accounts.models.greeting import greeting_of
from accounts.models.other_address import leads_nowhere
from accounts.models.units import Unit
from accounts.school.words import said_by_school
from accounts.signals import DECIDING, person_changed, person_changes_now
from foundation.record import record
from foundation.values.addresses import AddressField, plain_address
from foundation.values.lines import LineField
from foundation.verbs import lock_row, part_of_a_verb, verb

logger = logging.getLogger(__name__)


class PersonManager(BaseUserManager["Person"]):
    RULE_ADDRESS = "quorum@rule.invalid"
    ACCOMMODATIONS = "Accommodations"

    def create_user(self, email: str, **fields: Any) -> "Person":
        """Create a Person who signs in by e-mailed code; nobody here has a password."""
        person = self.model(email=email, **fields)
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Create an office Person with every permission. A password, if given, is ignored."""
        return self.create_user(email, **{"is_staff": True, "is_superuser": True} | fields)

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email__iexact=email)

    def rule(self) -> "Person":
        """Return the Person named as the portal is, who acts for the rule and cannot sign in."""
        person, _ = self.get_or_create(
            email=self.RULE_ADDRESS, defaults={"name": settings.PRODUCT_NAME, "is_active": False, "password": "!"}
        )
        return person

    def unused(self) -> models.QuerySet["Person"]:
        """Return the accounts in which nobody has done anything: a code was asked for, and no more came of it."""
        nothing: dict[str, Any] = {"name": "", "role": "", "from_directory": False}
        nothing |= {"registrations": None, "interests": None, "nominations_made": None, "session_requests": None}
        return self.filter(is_active=True, is_staff=False, is_superuser=False, prior_attendances=None, **nothing)

    def arranging_access(self) -> models.QuerySet["Person"]:
        """Return the members of the Accommodations group who can open the office."""
        return self.filter(is_active=True, is_staff=True, groups__name=self.ACCOMMODATIONS)


class Person(AbstractBaseUser, PermissionsMixin):
    """Anyone with an account. The e-mail address is the login, stored in lower case."""

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the person."""

    class Role(models.TextChoices):
        FACULTY = "faculty", "Faculty"
        STAFF = "staff", "Staff"
        RESIDENT = "resident", "Resident or fellow"
        STUDENT = "student", "Student"
        OTHER = "other", "Other"

    email = AddressField("email", max_length=254, unique=True)
    name = LineField(max_length=120, blank=True)
    pronouns = LineField(max_length=40, blank=True)
    addressed_as = LineField(
        "how we address them",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="What greetings say. Empty: the first name where that is certain, or else the whole name.",
    )
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="people")
    campus = models.ForeignKey(Campus, models.SET_NULL, null=True, blank=True, related_name="people")
    discreet_titles = models.BooleanField(
        "neutral titles in the calendar",
        default=False,
        help_text="On: calendars, and the subjects of mail, say “Training session” instead of the title.",
    )
    discreet_titles_chosen_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_staff = models.BooleanField("office", default=False, help_text="May use the office’s desk at /admin/.")
    is_active = models.BooleanField("active", default=True, help_text="Off: this person cannot sign in.")
    from_directory = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="The school’s directory has named this person."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    erased_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was taken out of everything; what is left is a count."
    )

    objects = PersonManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["name", "email"]
        verbose_name_plural = "people"
        indexes = [models.Index(fields=["name", "email"], name="person_in_order")]
        permissions = [("appoint_person", "Can say who of the office may do what")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_once_in_any_case"),
            models.CheckConstraint(
                condition=models.Q(erased_at=None)
                | models.Q(is_active=False, is_staff=False, is_superuser=False, pronouns="", addressed_as=""),
                name="erased_person_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        """Refuse the address of an account that became one with another: it would be a second account of the person."""
        super().clean()
        if self.pk is None and leads_nowhere(plain_address(self.email)):
            raise ValidationError({"email": "This address is of an account that became one with another account."})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = plain_address(self.email)
        super().save(*args, **kwargs)

    @property
    def profile_is_complete(self) -> bool:
        """True once the person has said their name and role: what a registration needs to know."""
        return bool(self.name and self.role)

    @cached_property
    def arranges_access(self) -> bool:
        """True for members of the Accommodations group, and for nobody else: being a superuser opens nothing here."""
        return self.is_active and self.groups.filter(name=PersonManager.ACCOMMODATIONS).exists()

    @verb
    def switch_off(self, by: "Person", why: str) -> None:
        """Let this person not sign in any more, for the reason `why`: seats to come go to the next in line.

        Raises Refused for somebody of the office, whose groups say what they may do.
        """
        person_changes_now.send(Person, person=self)
        lock_row(self)
        if not self.is_active:
            return
        if self.is_staff:
            raise self.Refused(f"{self} is of the office. Take them out of its groups first.")
        self.is_active = False
        self.save(update_fields=["is_active"])
        record(by, self, f"Active: from yes to no. {why}")
        person_changed.send(Person, person=self)

    @verb
    def take_place(self, by: "Person", why: str, **place: Any) -> None:
        """Give this person another `role` or `campus`, for the reason `why`: seats they may not have then are freed."""
        person_changes_now.send(Person, person=self)
        lock_row(self, "campus")
        place = {name: value for name, value in place.items() if getattr(self, name) != value}
        if not place:
            return
        words = [f"{name.capitalize()}: from {self._word(name)} to " for name in place]
        for name, value in place.items():
            setattr(self, name, value)
        self.save(update_fields=list(place))
        said = " ".join(f"{before}{self._word(name)}." for before, name in zip(words, place, strict=True))
        record(by, self, f"{said} {why}")
        person_changed.send(Person, person=self)

    def _word(self, name: str) -> str:
        return str(self.get_role_display() if name == "role" else getattr(self, name)) or "nothing"

    @verb
    def end_sign_in(self, name: str) -> bool:
        """End the sign-in of this person that has this name in the database. False if there is none any more."""
        ended, _ = self.browser_sessions.filter(pk=name).delete()
        if ended:
            logger.info("person %s: a sign-in was ended", self.pk)
        return bool(ended)

    @verb
    def end_sign_ins(self, but: str | None = None) -> int:
        """Sign this person out everywhere, also where they have entered the code and not yet the second factor.

        `but` is the key of a browser session that stays, as its cookie says it. Without one, what they could sign in
        with now is worth nothing any more either: a spare code holds a digest of the `password`. Nobody has a password;
        the column holds a random value that stands for none, and here it becomes another one. Returns how many sign-ins
        were ended.
        """
        if but is None:
            self.set_unusable_password()
            self.save(update_fields=["password"])
        ended, _ = self.browser_sessions.exclude(pk=name_of(but or "")).delete()
        if ended:
            logger.info("person %s: %s sign-ins were ended", self.pk, ended)
        return ended

    @verb
    def take_from_school(self, **said: Any) -> list[str]:
        """Write what the school says of this person: of name, role, unit and campus those given, each on record.

        Returns the fields that changed, and announces the change if one of them decides what they may attend.
        """
        lock_row(self, "unit", "campus")
        changed = [name for name, value in said.items() if getattr(self, name) != value]
        for name in changed:
            before = self._shown(name)
            setattr(self, name, said[name])
            record(Person.objects.rule(), self, said_by_school(name, before, self._shown(name)))
        if changed:
            self.save(update_fields=changed)
        if DECIDING.intersection(changed):
            person_changed.send(Person, person=self)
        return changed

    def _shown(self, name: str) -> str:
        return self.get_role_display() if name == "role" else str(getattr(self, name) or "")

    @part_of_a_verb
    def keep_here(self) -> None:
        """Read whether this person is switched off, and let nobody erase them until the transaction ends.

        An erasure waits for it, and it waits for an erasure (FOR KEY SHARE against FOR UPDATE); nothing else does.
        """
        table, share = self._meta.db_table, " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT is_active FROM {table} WHERE id = %s{share}", [self.pk])
            row = cursor.fetchone()
        self.is_active = bool(row and row[0])

    @part_of_a_verb
    def leave_accommodations(self) -> bool:
        """Take this person out of the Accommodations group. Tells whether they were in it."""
        gone, _ = self.groups.through.objects.filter(person=self, group__name=PersonManager.ACCOMMODATIONS).delete()
        self.__dict__.pop("arranges_access", None)
        return bool(gone)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        """Return how greetings address this person: as they said, or else by what is certain of the name."""
        return self.addressed_as or greeting_of(self.name) or self.email
