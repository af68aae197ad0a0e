"""Activities elsewhere that wait for an answer, as the office's home counts them."""

from office.home.waiting import Line
from outcomes.models import OutsideActivity

NEEDS_A_HAND = [
    Line(
        lambda now: OutsideActivity.objects.waiting(),
        "outcomes.view_outsideactivity",
        "admin:outcomes_outsideactivity_changelist",
        f"status__exact={OutsideActivity.Status.WAITING}",
        "1 activity from elsewhere to answer",
        "{count} activities from elsewhere to answer",
    )
]
