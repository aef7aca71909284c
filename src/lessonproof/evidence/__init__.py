"""The vocabulary of the house: frozen values and their rules. No I/O, no framework, no model code."""
