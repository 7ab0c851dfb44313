"""What is remembered, asked for by noun."""
