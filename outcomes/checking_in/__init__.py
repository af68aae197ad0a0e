"""Who is here: the roll at the door, and the code of the day by which people check themselves in."""
