"""Pages and calendars that are the same for everybody, kept in the process for as long as they are exactly right.

Never by time: one number says how much was ever written to the tables that such pages show (written.py). The database
raises it itself, by a trigger, in the transaction of each write: of a verb, of a `save` past the verb, of the code of
another release beside this one. A page was made while the number stood still, and it is sent again only while the
number is the same and the minute is, for words depend on that too (pages.py).

    @kept(r"(page=[1-9]\\d?)?")
    def home(request): ...

- An app names the tables that its pages show: `watch(Session)`, when Django starts.
- While a page is made its queries are noted (reads.py). If one reads a table that is not watched, it is not kept.
- What a process remembers for some seconds is read again before a page is made: `forget_before_keeping(forget)`.
- What a page of somebody who is signed in counts alike is kept by the same number: `@until_written` (rows.py).
- What is kept is bounded, and never under what strangers typed: other query strings are not kept.
"""

from foundation.kept.pages import forget_before_keeping, kept
from foundation.kept.watched import watch

__all__ = ["forget_before_keeping", "kept", "watch"]
