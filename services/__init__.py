"""The three services; none of them knows another."""
