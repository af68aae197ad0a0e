"""People whom the directory would cost a seat, as the office's home counts them."""

from accounts.models import DirectoryQuestion
from office.home.waiting import Line

NEEDS_A_HAND = [
    Line(
        lambda now: DirectoryQuestion.objects.waiting(),
        "accounts.view_directoryquestion",
        "admin:accounts_directoryquestion_changelist",
        "",
        "1 person would lose a seat, or the office, by what the directory says",
        "{count} people would lose a seat, or the office, by what the directory says",
    )
]
