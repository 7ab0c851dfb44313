"""What all services share: events and their transport, database, web base, settings."""
