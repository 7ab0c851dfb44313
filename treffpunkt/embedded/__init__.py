"""The embedded stack: PostgreSQL, Redis and all our processes under one supervisor."""
