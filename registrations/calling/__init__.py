"""Whom the office may ask to come to a session, and why each of them."""
