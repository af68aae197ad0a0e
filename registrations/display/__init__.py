"""The sentences people read about their registrations, one module per subject."""
