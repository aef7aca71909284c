"""From a stored recording to a dossier: the pipeline, durable jobs, and Ray as their executor."""
