"""Who is asked what they think of a session: the people who were there.

That is by attendance: people who were at one meeting at least, with a registration or without; and the registered of
whom nobody said that they were absent, because then nobody knows. People who are known to have been absent are not.
"""

from accounts.models import Person
from outcomes.attended import presence_of
from outcomes.models import Attendance
from registrations.models import Registration
from sessions_app.models import Session

ABSENT = "We have you as absent, and ask only people who were there. If that is wrong, tell us, and then answer here."
NOT_REGISTERED = "You had no place in this session, and we ask only people who were there."


def refusal_for(person: Person, session: Session) -> str:
    """Return the sentence that says why `person` is not asked about `session`; "" where they are. Four queries."""
    registered = list(Registration.objects.filter(person=person, session=session, status="registered"))
    if Attendance.objects.of_session(session).of_person(person).here().exists():
        return ""
    if not registered:
        return NOT_REGISTERED
    return ABSENT if presence_of(registered)[registered[0].pk].was_absent else ""


def people_asked(session: Session) -> int:
    """Return how many people are asked about `session`. Four queries, whatever their number."""
    registered = list(Registration.objects.filter(session=session, status="registered"))
    presence = presence_of(registered)
    asked = {one.person_id for one in registered if not presence[one.pk].was_absent}
    here = Attendance.objects.of_session(session).here().filter(person__isnull=False)
    return len(asked.union(here.values_list("person_id", flat=True)))
