"""The one page of the service: plain HTML, CSS and JavaScript, nothing fetched from anywhere else."""
