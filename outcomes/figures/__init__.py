"""The year in figures: counted from rows, kept once a night, and told so that nobody is told of (guarantees: G20)."""
