"""Settings in which a mechanism is missing: with each of them its run must fail."""
