"""Who comes: the public pages, companies, registrations, seats, waitlist and invitations."""
