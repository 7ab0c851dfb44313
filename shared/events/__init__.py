"""The facts that travel between services, by publisher, where each of them goes, and how old ones are read."""

from shared.events import upgrades as upgrades
