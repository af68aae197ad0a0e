"""The page on which the office decides about a session, merging two dates, and asking people to come."""
