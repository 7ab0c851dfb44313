"""What mails say, when they are due, what calendars are told: pure functions."""
