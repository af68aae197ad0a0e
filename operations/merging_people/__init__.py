"""Two accounts of one person become one: what moves, what collides, and the verb."""
