"""The waitlist: first come, first served, and no seat stands free while an eligible person waits."""

from datetime import datetime

from registrations.signals import registration_promoted
from sessions_app.models import Session


def promote_waiting(session: Session, now: datetime) -> None:
    """Give free seats of a running session to the people waiting, in order. The caller holds `session.lock()`.

    People who no longer qualify are skipped, not dropped. After the start nobody is promoted.
    """
    if not session.is_running or session.has_started(now) or session.seats_left == 0:
        return
    for registration in session.registrations.waitlisted().select_related("person"):
        if session.seats_left == 0:
            break
        if not registration.qualifies():
            continue
        session.seats_taken += 1
        session.waiting_count -= 1
        session.save(update_fields=["seats_taken", "waiting_count"])
        registration.session = session
        registration.status = registration.Status.REGISTERED
        registration.seated_at = now
        registration.save(update_fields=["status", "seated_at"])
        registration_promoted.send(type(registration), registration=registration)
