"""Reading: what was found last, told at once to everybody who asks, and read again by one of them.

`/readyz` is open to everybody, and what it looks at may be slow to answer. A thread of a web process that waits for a
frozen broker serves no page, so only one of a process ever waits.
"""

import threading
import time
from collections.abc import Callable

FRESH_SECONDS = 5
# A reading takes a second at most where the broker is frozen. One that takes longer hangs, and the last says nothing.
HELD_UP_SECONDS = 10
NOT_READ = "What the portal depends on is looked at for the first time: ask again in a few seconds."
HELD_UP = "What the portal depends on has not answered for ten seconds: is the database frozen?"


class Reading:
    """Keep what `read` returned last, problems by name. For many threads of one process."""

    def __init__(self, read: Callable[[], dict[str, str]], clock: Callable[[], float] = time.monotonic) -> None:
        self.read, self.clock = read, clock
        self.one_reader = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Start over, as a new process does."""
        self.problems: dict[str, str] | None = None
        self.began_at = self.clock()

    def tell(self) -> dict[str, str]:
        """Return the problems. The first who asks after FRESH_SECONDS reads again, and nobody else waits for that."""
        if self.problems is None or self.clock() - self.began_at >= FRESH_SECONDS:
            if self.one_reader.acquire(blocking=False):
                try:
                    self.began_at = self.clock()
                    self.problems = self.read()
                finally:
                    self.one_reader.release()
            elif self.clock() - self.began_at >= HELD_UP_SECONDS:
                return {"reading": HELD_UP}
        return {"reading": NOT_READ} if self.problems is None else self.problems
