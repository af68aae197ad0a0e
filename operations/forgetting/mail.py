"""What becomes of mail: that of a person who is erased, and the bodies of old mail.

A cancellation has to reach the calendar of a person who is gone. So what the erasure itself owes them is written at
once, and keeps its address until it is sent or given up (three days at most); then the sender takes both away, and what
broke off is found here every night. Other mail that waited for them is not sent.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet

from accounts.models import Person
from notifications.models import Notice
from notifications.models.kind import News
from notifications.models.notices import forgotten
from notifications.outbox.claim import load_subjects
from notifications.outbox.compose import write_ahead
from operations.models.hold import Held

STATE = Notice.State
ON_ITS_WAY = (STATE.QUEUED, STATE.SENDING)
BATCH = 1000
WRITTEN = ("subject", "text", "html", "calendar")


def write_what_is_owed(person: Person, addresses: Iterable[str], ended: Iterable[int], now: datetime) -> None:
    """Write the mail that says that the registrations `ended` have ended; set aside all else that waits for `person`.

    The caller still has the name and the address on the person.
    """
    waiting = Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    waiting = waiting.filter(_of(person, addresses), state=STATE.QUEUED).order_by("pk")
    owed = [one for one in waiting if one.registration_id in set(ended) and one.of_kind.news is News.ENDING]
    aside = waiting.exclude(pk__in=[one.pk for one in owed])
    keys = list(aside.values_list("pk", "registration"))
    for state, found in (
        (STATE.SUPERSEDED, [pk for pk, registration in keys if registration]),
        (STATE.EXPIRED, [pk for pk, registration in keys if not registration]),
    ):
        Notice.objects.filter(pk__in=found).update(state=state)
    load_subjects(owed)
    for notice in owed:
        write_ahead(notice, now)
    Notice.objects.filter(pk__in=[one.pk for one in owed]).update(person=person)


def forget_mail(person: Person, addresses: Iterable[str]) -> None:
    """Take address and words from all mail of `person`, who has the pseudonym, but what is still on its way."""
    done = Notice.objects.filter(_of(person, addresses) & ~Q(to=person.email)).exclude(state__in=ON_ITS_WAY)
    done.update(person=person, **forgotten(person))
    Notice.objects.filter(_of(person, addresses), state__in=ON_ITS_WAY).update(person=person)


def on_its_way_to(person: Person) -> QuerySet[Notice]:
    """Return the mail that has to arrive, and keeps its words and its address until then."""
    return Notice.objects.filter(person=person, state__in=ON_ITS_WAY)


def finish_mail(now: datetime) -> int:
    """Take address and words from mail of erased people that has arrived, or was given up. Returns how many mails."""
    erased = Person.objects.exclude(erased_at=None)
    left = Notice.objects.filter(person__in=erased).exclude(to=F("person__email")).exclude(state__in=ON_ITS_WAY)
    found = list(left.select_related("person"))
    for notice in found:
        assert notice.person
        Notice.objects.filter(pk=notice.pk).exclude(state__in=ON_ITS_WAY).update(**forgotten(notice.person))
    # Nobody is left to be written to: the office need not deal with it.
    Notice.objects.filter(person__in=erased, state=STATE.DEAD, handled_at=None).update(state=STATE.EXPIRED)
    return len(found)


def _of(person: Person, addresses: Iterable[str]) -> Q:
    return Q(person=person) | Q(to__in=list(addresses))


# ---- the bodies of old mail ----


def old_bodies(now: datetime, held: Held) -> QuerySet[Notice]:
    """Return mail whose words are kept no longer (MAIL_DAYS) and that nobody waits for any more."""
    old = Notice.objects.filter(created_at__lte=now - timedelta(days=settings.MAIL_DAYS)).exclude(state__in=ON_ITS_WAY)
    old = old.exclude(state=STATE.DEAD, handled_at=None).exclude(person__in=held.people).exclude(to__in=held.addresses)
    return old.exclude(**dict.fromkeys(WRITTEN, ""))


def forget_bodies(now: datetime, held: Held) -> int:
    """Take the words from old mail, a thousand at a time; that it was sent, and to whom, stays. Returns how many."""
    done = 0
    while keys := list(old_bodies(now, held).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done += Notice.objects.filter(pk__in=keys).update(**dict.fromkeys(WRITTEN, ""))
    return done
