"""Measures the product against yardsticks taken in the same run: ``make bench``."""
