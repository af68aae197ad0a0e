"""Work that is too long for the answer to a press."""
