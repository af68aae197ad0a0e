"""Who may check people in, beside the office: the people who lead the session, around it."""

from accounts.sign_in import SignedInRequest
from foundation import database_clock
from sessions_app.models import Session
from sessions_app.models.leading import may_check_in


def leads_it_now(request: SignedInRequest, code: str) -> bool:
    """Tell whether the viewer leads the session of that code, from a day before it until the end of the day after."""
    session = Session.objects.filter(code=code).first()
    return session is not None and may_check_in(request.user, session, database_clock.now())
