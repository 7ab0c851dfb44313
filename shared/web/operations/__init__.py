"""What the operator sees of a service: readiness, metrics, and pages for admins."""
