"""What runs: a Celery app; one task runs one attempt of one trial."""
