"""Photographs of signed sign-in sheets, rendered with the truth about every cell, and the reader scored on them."""
