"""What goes to whom, once a person has agreed: said on their record in the same words that the file is made by."""

from typing import NamedTuple

from outcomes.models import Purpose


class Handing(NamedTuple):
    """One purpose in words: who gets what, and what for."""

    purpose: str
    title: str
    what: str
    what_for: str
    asks_birthday: bool = False


HANDINGS = [
    Handing(
        Purpose.HR,
        "Human resources",
        "Your name, address, role and unit, and of each session you were at its title, day and hours.",
        "They note what you completed, for example where training is part of a job.",
    ),
    Handing(
        Purpose.CE,
        "The continuing education office",
        "Your name and address, and of each session with credit its title, day, kind of credit and hours.",
        "They keep the credit, and confirm it to boards that ask.",
    ),
    Handing(
        Purpose.PARS,
        "ACCME’s PARS",
        "Your name, the month and day of your birth, your license and its state if you gave them, and of each session "
        "with credit its day and the credit.",
        "The Accreditation Council for Continuing Medical Education passes it to the boards that license you.",
        asks_birthday=True,
    ),
]
OF = {handing.purpose: handing for handing in HANDINGS}
