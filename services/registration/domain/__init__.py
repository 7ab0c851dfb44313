"""Decisions of registration as pure functions."""
