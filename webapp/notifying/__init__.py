"""Who is told what, and how it reaches them; knows nothing of pages, so that the worker can use it."""
