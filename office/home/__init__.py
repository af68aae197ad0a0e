"""What the office sees first: what needs a hand, the next two weeks, a search, and what colleagues did lately."""
