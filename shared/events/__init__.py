"""The facts that travel between services, by publisher, and where each of them goes."""

# Whoever reads any fact can read its older versions.
from shared.events import upgrades as upgrades
