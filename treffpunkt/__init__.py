"""The composition root: command line, embedded stack, beat and mailbox. No business logic."""
