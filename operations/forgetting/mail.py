"""What becomes of mail: that of a person who is erased, and the bodies of old mail.

A cancellation has to reach the calendar of a person who is gone. So those that the erasure itself owes them, and those
that waited before it, are written at once, and keep their address until they are sent or given up (three days at most);
then the sender takes both away, and what broke off is found here every night. Other mail that waited for them is not
sent.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet

from accounts.models import Person
from notifications.kinds.leading import tells_the_leader
from notifications.models import LeadingThread, Notice
from notifications.models.kind import News
from notifications.models.notices import forgotten
from notifications.outbox.claim import load_subjects
from notifications.outbox.compose import write_ahead
from operations.models.hold import Held

STATE = Notice.State
ON_ITS_WAY = (STATE.QUEUED, STATE.SENDING)
BATCH = 1000
WRITTEN = ("subject", "text", "html", "calendar")


def write_what_is_owed(person: Person, addresses: Iterable[str], now: datetime) -> None:
    """Write the mail that takes something off a calendar or says that a registration has ended; set aside all else.

    That is what the erasure itself owes, and what waited before it. The caller still has the name and the address on
    the person.
    """
    found = Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    waiting = list(found.filter(_of(person, addresses), state=STATE.QUEUED).order_by("pk"))
    load_subjects(waiting)
    owed = [one for one in waiting if _takes_off(one, addresses, now) or one.of_kind.news is News.ENDING]
    aside = [one for one in waiting if one not in owed]
    for state, keys in (
        (STATE.SUPERSEDED, [one.pk for one in aside if one.registration_id]),
        (STATE.EXPIRED, [one.pk for one in aside if not one.registration_id]),
    ):
        Notice.objects.filter(pk__in=keys).update(state=state)
    for notice in owed:
        # One that was tried before may have arrived: it is sent unchanged.
        if not notice.text:
            write_ahead(notice, now)
    Notice.objects.filter(pk__in=[one.pk for one in owed]).update(person=person)


def _takes_off(notice: Notice, addresses: Iterable[str], now: datetime) -> bool:
    """Tell whether `notice` cancels what the calendar of its reader shows; that of a facilitator is made up for it."""
    if notice.thread_id:
        return notice.method == Notice.Method.CANCEL and notice.thread.requested_at is not None
    if notice.of_kind.calendar and not notice.text:
        threads = LeadingThread.objects.select_related("leading__facilitator__person")
        thread = threads.filter(pk=notice.facts["thread"]).first()
        # Somebody else may be told in their place by now.
        is_theirs = thread is not None and thread.leading.facilitator.address in addresses
        if not is_theirs or not tells_the_leader(notice, now):
            return False
    return notice.carried_method == Notice.Method.CANCEL


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
