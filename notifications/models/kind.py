"""Kind: everything about one kind of mail, and the table of all kinds.

A kind is a value: `notifications/kinds/` has one module per family of mail, each with its kinds, and puts them into
KINDS. The outbox and the office's pages ask a kind and name none. The database knows only its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from notifications.models.notices import Notice
    from sessions_app.models import Session

# The placeholder that stands for the standard words. The office's own words hold it unless they say the facts of the
# kind: the standard words fit every case.
STANDARD_WORDS = "standard_words"


class Family(Enum):
    """What a kind of mail is for. The family decides which mail is old news (`outbox/supersede.py`)."""

    NEWS = "it says what happened, and later news may supersede it"
    PROMPT = "it says at its time what is known; it is no news, and no news supersedes it"
    REPLY = "it answers a mail or repeats an invitation; it is no news"
    ACCOUNT = "it is for its reader alone: the office neither reads nor words it"


class News(Enum):
    """What a piece of news says of a registration. It decides which later news supersedes it."""

    STANDING = "how the registration stands: any later news supersedes it"
    CHANGE = "what changed: only a later change of its kind, or an ending, supersedes it"
    ENDING = "that the registration has ended"
    DETAIL = "one detail of several: another of its kind does not supersede it, nor does a change"
    OTHER = "anything else: later news supersedes it, but a change does not"


class Carries(Enum):
    """The calendar part of a kind, where its reader has a seat that a calendar shows."""

    NOTHING = ""
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def no_facts(session: "Session") -> dict[str, Any]:
    """Return the facts of an example that needs none."""
    return {}


def always(session: "Session") -> bool:
    """Return True, for an example that has its calendar part with every session."""
    return True


@dataclass(frozen=True)
class Example:
    """How a kind is shown to the office with one of its sessions, before it goes to anybody.

    `fits` are the statuses of the sessions that are proposed first, those that run where it is empty. `status` is the
    registration status of the reader, who stands in for the person. `facts` is what the Notice would note beside the
    counts, and `carries` tells whether it has its calendar part with that session. `context`, where the mail is about a
    row that does not exist here, gives what the templates may name. `of_no_session` is for mail about many sessions: it
    returns their context, or None where there is nothing to show.
    """

    fits: tuple[str, ...] = ()
    status: str = "registered"
    facts: Callable[["Session"], dict[str, Any]] = no_facts
    carries: Callable[["Session"], bool] = always
    context: Callable[["Notice", "Session"], dict[str, Any]] | None = None
    of_no_session: Callable[["Notice", datetime], dict[str, Any] | None] | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of mail. Its templates are in `templates/notifications/<name>/`.

    `context` returns what the templates may name, for a Notice that is about to be sent. `placeholders` are what the
    office may put in braces into words of its own, each with what it stands for, beside those of every kind; `required`
    are those its words must hold, unless they repeat the standard words. `subject_placeholders` replaces the ones every
    kind has in its subject, for mail that is not about one session. `still_true` is asked at every claim of what says
    again how things are: a Notice that is no longer true expires. `is_news` is asked at the claim of what may have
    nothing left to say: such a Notice is superseded; it may write into the facts of the Notice what it says instead.
    Neither locks anything. `example` shows the kind to the office; a kind without one is account mail. `is_owed` is
    False for what somebody has sent to an address they type: where there is no such mailbox, the office owes nobody
    anything.
    """

    name: str
    label: str
    family: Family
    context: Callable[["Notice"], dict[str, Any]]
    example: Example | None = field(default_factory=Example)
    news: News = News.OTHER
    carries: Carries = Carries.NOTHING
    placeholders: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset({STANDARD_WORDS})
    subject_placeholders: Mapping[str, str] | None = None
    still_true: Callable[["Notice", datetime], bool] | None = None
    is_news: Callable[["Notice", datetime], bool] | None = None
    is_owed: bool = True
    calendar: Callable[["Notice", datetime], str] | None = None

    @property
    def is_secret(self) -> bool:
        """True for mail that belongs to its reader alone: the office sees neither its subject nor its words."""
        return self.family is Family.ACCOUNT

    @property
    def may_be_worded(self) -> bool:
        """True where the office may write words of its own."""
        return not self.is_secret


# The one table, by name, in the order in which the office reads it. `notifications/kinds/__init__.py` fills it.
KINDS: dict[str, Kind] = {}


def kind_named(name: str) -> Kind:
    """Return the kind of that name. Rows may be of one that is no longer in the table: its stand-in is secret.

    A stand-in supersedes nothing. Its mail cannot be written, so a Notice of it ends as undeliverable and holds up no
    other.
    """
    return KINDS.get(name) or Kind(name, name, Family.ACCOUNT, context=_cannot_be_written, example=None)


def _cannot_be_written(notice: "Notice") -> dict[str, Any]:
    raise LookupError(f"There is no kind of mail named {notice.kind} any more.")
