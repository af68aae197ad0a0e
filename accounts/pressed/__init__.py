"""What somebody pressed while signed out, or when their sign-in had ended: it waits until they have signed in."""
