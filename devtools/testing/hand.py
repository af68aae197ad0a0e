"""Do in a page what a person does, and count it; and the season that such tests put up."""

from datetime import date, timedelta

from django.utils import timezone

SEASON_OF_2023 = """\
Systemic Racism Pt. 2,2023-02-17,12:00,14:00
Systemic Racism Pt. 2,2023-03-28,12:00,14:00
Disability and Allyship,2023-03-10,12:00,13:30
Disability and Allyship,2023-04-04,12:00,13:30
LGBTQ+ Inequities Pt. 2,2023-05-30,12:00,14:00
LGBTQ+ Inequities Pt. 2,2023-06-14,15:00,17:00
Confronting Dominant Culture and Creating Belonging as an Ally,2023-07-20,15:00,16:30
Confronting Dominant Culture and Creating Belonging as an Ally,2023-08-15,12:00,13:30
Mental Health Inequities Pt. 2,2023-09-20,15:00,17:00
Mental Health Inequities Pt. 2,2023-10-19,15:00,17:00
Psychological Safety,2023-10-04,12:00,14:00
Psychological Safety,2023-11-14,12:00,14:00
Justice at Work Debrief Session,2023-11-30,12:00,17:00
"""


class Hand:
    """Does what a person does, and counts it."""

    def __init__(self, page):
        self.page, self.clicks, self.keys, self.pastes = page, 0, 0, 0

    def click(self, locator):
        self.clicks += 1
        locator.click()

    def choose(self, locator, label):
        """Open a list and choose from it."""
        self.clicks += 2
        locator.select_option(label=label)

    def paste(self, locator, text):
        self.click(locator)
        self.pastes += 1
        locator.fill(text)

    def type(self, locator, keys):
        # At its first figure: a click in the middle of a date is a click on its day.
        self.clicks += 1
        locator.click(position={"x": 14, "y": 10})
        self.keys += len(keys)
        self.page.keyboard.type(keys)

    @property
    def counted(self) -> tuple[int, int, int]:
        """Clicks, keys and pastes until now."""
        return self.clicks, self.keys, self.pastes


def moved_forward() -> list[str]:
    """Return the rows of 2023, whole weeks later, so that the first is a month from today at least."""
    rows = [row.split(",") for row in SEASON_OF_2023.splitlines()]
    first = min(date.fromisoformat(row[1]) for row in rows)
    weeks = timedelta(weeks=(timezone.localdate() + timedelta(days=35) - first).days // 7 + 1)
    return [",".join([row[0], str(date.fromisoformat(row[1]) + weeks), *row[2:]]) for row in rows]
