"""Two dates become one: whom it concerns, who moves and when, and the key in the mail that asks."""
