"""Outbox, relay, inbox and receipts: facts travel at least once and take effect exactly once."""
