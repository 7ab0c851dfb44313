"""The web base of every service: app, sign-in, forms, API errors, health. No service words."""
