"""What the pages of a season say."""

from typing import Any

TITLE = "Put up a season"
NOT_AGREED = (
    "What these dates change is not what it was when you looked: nothing is saved yet. Look at it, and press again."
)


def done_words(done: dict[str, Any]) -> str:
    """Return what an import has done, in a sentence."""
    said = []
    if done["published"] or done["drafts"]:
        said.append(f"The dates are put up: {done['published']} published, {done['drafts']} to publish.")
    if done["held"]:
        said.append(f"Put on record as held: {done['held']}.")
    if done["changed"]:
        said.append(f"Changed: {done['changed']}.")
    return " ".join(said) or "All of these sessions are there already. Nothing was added."
