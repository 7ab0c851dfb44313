"""All tests; see CONTRIBUTING."""
