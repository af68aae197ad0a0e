"""What dev.py is made of. The modules here use the standard library only, and an old Python can read them."""
