"""The shape of the notifications database, step by step."""
