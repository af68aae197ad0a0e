"""Asking for a session: the form, what waits through the sign-in, and the words about a request."""
