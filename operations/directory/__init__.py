"""The school's directory: people and units from a table, told first and then taken in."""
