"""What can be done with registrations: one transaction's worth each."""
