"""``flask up``: the database, Redis, a worker and the web, started, watched and stopped together."""
