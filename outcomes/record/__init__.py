"""A person's own record: what they took part in, what it counts for, and what is asked of them."""
