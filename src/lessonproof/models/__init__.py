"""Learned models behind small protocols, and the registry of their weights. Importing it loads no torch."""
