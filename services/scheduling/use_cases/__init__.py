"""What coordinators and facts do, one transaction's worth each; they take a session and never commit."""
