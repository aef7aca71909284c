"""Beginnings of lessons, synthesised, with and without a roll call, and how often it is told right."""
