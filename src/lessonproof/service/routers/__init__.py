"""The routes of the API: thin, over use cases and storage."""
