"""Compose the apps into a portal. Imported by none of them."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
