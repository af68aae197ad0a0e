"""Forgetting: a person who asks for it, and each kind of thing when its time is over (docs/guarantees.md: G17)."""
