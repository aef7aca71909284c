"""One module for each step from one state of the tables to the next."""
