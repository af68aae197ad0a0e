"""What the lists of the office share: how they search, count, filter by time, and offer many choices."""
