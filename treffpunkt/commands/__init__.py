"""One file per family of commands; each translates arguments into one call."""
