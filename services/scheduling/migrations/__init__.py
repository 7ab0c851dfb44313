"""The shape of the scheduling database, step by step."""
