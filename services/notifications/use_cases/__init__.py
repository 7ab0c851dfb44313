"""One transaction's worth of work each; the session is the caller's."""
