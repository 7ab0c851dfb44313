"""Breaks of the product on purpose, and the tests that notice them."""
