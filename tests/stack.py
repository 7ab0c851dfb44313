"""Fixtures: the whole product, started as its users start it."""
