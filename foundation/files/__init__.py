"""Files: what people send us, and the tables that we give them."""
