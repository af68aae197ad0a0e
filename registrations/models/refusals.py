"""Why a verb on a registration is refused: Registration.Refused and what is under it."""


class Refusals:
    """The named errors of Registration, which has them by inheritance: `Registration.SessionFull`."""

    class Refused(Exception):
        """What somebody wanted to do with a place was refused; `str(error)` is the sentence shown to the person."""

    class NotPublic(Refused):
        """The session is a draft."""

    class SessionCancelled(Refused):
        """The session was cancelled."""

    class SessionOver(Refused):
        """The session has started or been held."""

    class NotOpenYet(Refused):
        """Registering begins later."""

    class RegistrationClosed(Refused):
        """Registering has ended."""

    class NotEligible(Refused):
        """The session is for other roles or another campus, or comes after a workshop the person has not taken."""

    class TooOften(Refused):
        """The person has joined and left this session too often within a day."""

    class SessionFull(Refused):
        """There is no seat to move to, or no longer one to take."""

    class NotThere(Refused):
        """The registration is not in the state this starts from."""

    class AnotherWorkshop(Refused):
        """A place moves between dates of one workshop only."""

    class ReasonMissing(Refused):
        """The office has to say why."""
