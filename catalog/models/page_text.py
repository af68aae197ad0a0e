"""PageText: words of the office's own on a page. Each process remembers them all for some seconds."""

import time
from typing import Any

from django.db import InterfaceError, OperationalError, models, transaction
from django.utils.safestring import SafeString

from catalog.markdown import markdown
from foundation.kept import forget_before_keeping

FRESH_SECONDS = 10


class PageText(models.Model):
    """What the office wants to say at one place of the pages, in Markdown; our own words stand where there is none."""

    class Place(models.TextChoices):
        HOME = "home", "The lead of the home page"
        PURPOSE = "purpose", "What our trainings are for"
        HOW = "how", "How our trainings work"
        REQUESTS = "requests", "Asking for a session"
        FOOTER = "footer", "The foot of every page"

    place = models.CharField(max_length=10, choices=Place.choices, primary_key=True)
    text = models.TextField(help_text="Markdown.")

    class Meta:
        ordering = ["place"]
        verbose_name = "page text"

    def __str__(self) -> str:
        return self.get_place_display()

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        forget()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        forget()
        return deleted

    @staticmethod
    def shown(place: str) -> SafeString:
        """Return what the office says at `place`, as safe HTML; empty where it says nothing. A query, or mostly none.

        All places are read in one query, and again after FRESH_SECONDS. While the database is away, the last answer
        stands.
        """
        global _memory
        memory = _memory
        if memory is None or time.monotonic() >= memory[0]:
            until = time.monotonic() + FRESH_SECONDS
            try:
                memory = until, {one.place: markdown(one.text) for one in PageText.objects.order_by()}
            except (InterfaceError, OperationalError):
                memory = until, memory[1] if memory else {}
            _memory = memory
        return memory[1].get(place, SafeString())


# Until when it holds, on the monotonic clock; and the HTML of each place.
_memory: tuple[float, dict[str, SafeString]] | None = None


def forget() -> None:
    """Read the texts once more when a page needs them: now in this transaction, and after its commit."""
    _forget_now()
    # Another thread may read what was there before while this transaction is under way.
    transaction.on_commit(_forget_now)


@forget_before_keeping
def _forget_now() -> None:
    global _memory
    _memory = None
