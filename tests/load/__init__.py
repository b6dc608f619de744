"""Many trials and many viewers at once, on the loopback, bounded in number and time: for the tests and for ``make bench``."""
