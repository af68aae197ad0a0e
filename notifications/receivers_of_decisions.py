"""Write a Notice for what is asked before it is decided whether a session is held.

session_asked           a mail to the office: does the session run?
registrations_extended  a mail to each two minutes later: by when the session is decided now
merge_offered           a mail to a person whose date is being merged: will they come on the other one?
merge_called_off        a mail to them that both dates are held, unless the first one was never written
person_called           a mail to a person whom the office asks to come, unless they were told of the seats before
calls_changed           a mail to them two minutes later about what changed, if the first one named the session
calls_ended             a mail to them that the session is cancelled, unless they never read of it or hear it anyway
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from foundation import database_clock
from foundation.wake import wake
from notifications.kinds.calling import owe_call, owe_changes, owe_the_end
from notifications.kinds.decisions import owe_question
from notifications.kinds.extensions import owe_new_date
from notifications.kinds.merging import owe_called_off, owe_offer
from notifications.tasks import deliver_soon
from registrations.models import Call, MergeOffer, Registration
from registrations.signals import (
    calls_changed,
    calls_ended,
    merge_called_off,
    merge_offered,
    person_called,
    registrations_extended,
)
from sessions_app.models import Meeting, Session
from sessions_app.signals import session_asked


@receiver(session_asked, dispatch_uid="notifications.session_asked")
def tell_the_office(sender: type, session: Session, **kwargs: Any) -> None:
    """Ask the office whether a session short of its minimum runs."""
    owe_question(session)
    wake(deliver_soon)


@receiver(registrations_extended, dispatch_uid="notifications.registrations_extended")
def tell_extended(
    sender: type, registrations: Sequence[Registration], was: datetime, now: datetime, **kwargs: Any
) -> None:
    """Tell people by when the session is decided from now on, two minutes later: not at all if it is as before."""
    owe_new_date(registrations, was, now)
    wake(deliver_soon)


@receiver(merge_offered, dispatch_uid="notifications.merge_offered")
def tell_of_the_other_date(sender: type, offer: MergeOffer, **kwargs: Any) -> None:
    """Offer the person the other date, by a mail with a yes and a no."""
    owe_offer(offer)
    wake(deliver_soon)


@receiver(merge_called_off, dispatch_uid="notifications.merge_called_off")
def tell_that_it_stays(sender: type, offer: MergeOffer, **kwargs: Any) -> None:
    """Tell a person who was asked that both dates are held."""
    owe_called_off(offer)
    wake(deliver_soon)


@receiver(person_called, dispatch_uid="notifications.person_called")
def tell_called(sender: type, call: Call, **kwargs: Any) -> None:
    """Ask the person whether they come, once."""
    if owe_call(call):
        wake(deliver_soon)


@receiver(calls_changed, dispatch_uid="notifications.calls_changed")
def tell_called_of_the_change(
    sender: type,
    calls: Sequence[Call],
    session: Session,
    before: list[Meeting] | None,
    now: datetime,
    was: str = "",
    **kwargs: Any,
) -> None:
    """Tell people whom the office asked to come, and who have not registered, that times or places changed."""
    owe_changes(calls, session, before, now, was)


@receiver(calls_ended, dispatch_uid="notifications.calls_ended")
def tell_called_of_the_end(sender: type, calls: Sequence[Call], session: Session, **kwargs: Any) -> None:
    """Tell people whom the office asked to come that the session is cancelled."""
    if owe_the_end(calls, session, database_clock.now()):
        wake(deliver_soon)
