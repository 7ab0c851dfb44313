"""What reaches people: mails, calendar entries and reminders."""
