"""Forms that somebody else's change made stale: merged where they can be, and shown side by side where not."""
