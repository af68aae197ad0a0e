"""The year on one page, and which units are represented: in figures that name nobody (docs/guarantees.md: G20)."""
