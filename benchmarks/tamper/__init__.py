"""The tamper suite: recordings that were tampered with, their honest twins, and how well we and others tell them.

``python -m benchmarks.tamper --help``.
"""
