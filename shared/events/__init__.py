"""The facts that travel between services, by publisher, and where each of them goes."""
