"""People registered from pasted names and addresses: at once, or by a worker where they are many."""
