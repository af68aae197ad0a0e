"""What dev.py is made of. Standard library only, and readable by the old Pythons that only have to say so."""
