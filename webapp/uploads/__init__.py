"""Files that people send: unpacked within limits, and never to disk. Logs and data sets both come in this way."""
