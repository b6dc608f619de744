"""Bad input everywhere. ``make fuzz`` runs the long form: more than ten thousand cases; the seeds are fixed in both."""
