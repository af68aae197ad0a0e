"""What this portal is: its own colors, and whom it shows what is offered."""
