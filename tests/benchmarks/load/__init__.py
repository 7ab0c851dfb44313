"""Load on a web server: how many requests or whole stories it answers in a second."""
