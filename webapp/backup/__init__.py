"""An instance as one file, taken while it runs, and an instance made of it, on either database and any storage."""
