"""Somebody of the demo who leads sessions, and has an account where they read of them."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress

from accounts.models import Campus, Person, Unit
from catalog.models import Facilitator
from notifications.kinds.leading import ASKED, tells_the_leader
from notifications.models import Notice
from sessions_app.models import Leading

JULES = "jules.fernbrook@example.edu"  # leads sessions, and has said yes to all but the last


def play_leading(office: Person, since: datetime, now: datetime) -> None:
    """Give Jules Fernbrook an account, `since` then, and let them have said yes to all sessions to come but the last.

    The mail that asked them counts as handed over, so that their calendar has the entries.
    """
    facilitator = Facilitator.objects.get(name="Jules Fernbrook")
    account = Person.objects.create_user(
        JULES,
        name=facilitator.name,
        pronouns=facilitator.pronouns,
        role=Person.Role.STAFF,
        unit=Unit.objects.get(name=facilitator.unit),
        campus=Campus.objects.get(name="Twin Cities"),
        created_at=since,
    )
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    facilitator.reach(by=office, person=account, email="", now=now)
    for notice in Notice.objects.filter(state=Notice.State.QUEUED, kind=ASKED.name):
        tells_the_leader(notice, now)
    asked = Leading.objects.current().filter(facilitator=facilitator, session__starts_at__gt=now + timedelta(hours=1))
    for leading in asked.order_by("-session__starts_at")[1:]:
        leading.accept(now=now)
