"""Which part of its session a meeting is, as pages, mail and calendars number it. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

# What `numbered` reads of one meeting: its key, and of its part the key, the position and the title (None without one).
READ = ("pk", "part", "part__position", "part__title")


class Numbered(NamedTuple):
    """A meeting is part `number` of `of`, counted from 1; `title` is that of the workshop’s part, "" without one.

    What has no number, such as the only meeting of a session, is 1 of 1.
    """

    number: int = 1
    of: int = 1
    title: str = ""

    @property
    def words(self) -> str:
        """Return “part 2 of 4”; "" where there is no number to say."""
        return f"part {self.number} of {self.of}" if self.of > 1 else ""

    @property
    def short_heading(self) -> str:
        """Return “Part 2: Allyship”, for a page that says how many parts there are; "" without a part."""
        return f"Part {self.number}: {self.title}" if self.title and self.of > 1 else self.title

    @property
    def heading(self) -> str:
        """Return “Part 2 of 4: Allyship”, or what there is of it."""
        return ": ".join(filter(None, (self.words.capitalize(), self.title)))


def numbered(meetings: Iterable[tuple[int, int | None, int | None, str | None]]) -> dict[int, Numbered]:
    """Number the meetings of one session by key. They come as READ has them, in the order of time, cancelled ones too.

    Where meetings hold parts of the workshop, the parts count, in the order of the workshop, whenever they are held;
    a further meeting has no number. Otherwise the meetings count, in the order of time. A cancelled meeting counts, so
    that a part 3 that people know never becomes part 2.
    """
    rows = list(meetings)
    parts = sorted({(position or 0, part) for _, part, position, _ in rows if part is not None})
    if not parts:
        return {key: Numbered(number, len(rows)) for number, (key, *_) in enumerate(rows, 1)}
    numbers = {part: number for number, (_, part) in enumerate(parts, 1)}
    return {
        key: Numbered() if part is None else Numbered(numbers[part], len(parts), title or "")
        for key, part, _, title in rows
    }
