"""Housekeeping of accounts."""
