"""The catalog's pages in the admin that have a room of their own."""

from office.catalog import page_texts

__all__ = ["page_texts"]
