"""Who sees an experiment, and its public link."""
