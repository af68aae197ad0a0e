"""Search over all that is offered. An app to the right adds its own things; documents.py says how."""

from catalog.search.documents import Document, Source, Weight, findable, register
from catalog.search.ranking import MOST_CHARACTERS, MOST_WORDS, rank

__all__ = ["MOST_CHARACTERS", "MOST_WORDS", "Document", "Source", "Weight", "findable", "rank", "register"]
