"""From an intent to the bytes that go out: letter, text and HTML, calendar, tickets, message."""
