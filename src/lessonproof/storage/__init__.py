"""Keeping: objects by their content, rows, durable jobs and the custody ledger. Knows nothing of HTTP or Ray."""
