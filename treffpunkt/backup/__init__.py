"""Saving the databases while they work, and bringing them back so that all three agree again."""
