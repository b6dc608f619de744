"""What a batch means: how it becomes a loss and metrics."""
