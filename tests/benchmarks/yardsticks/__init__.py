"""What the figures are compared with: an empty page, bare SQL, a mail built and sent the plain way."""
