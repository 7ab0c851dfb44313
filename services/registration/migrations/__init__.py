"""The shape of the registration database, step by step."""
