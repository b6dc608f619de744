"""Where curves, live points, artifacts and leases are kept; used by the web and by the worker."""
