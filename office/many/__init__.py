"""What is done to many rows of a list at one press: said of each first, and done to those that can."""
