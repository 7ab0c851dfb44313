"""The mailbox of the embedded stack: takes every outgoing mail and shows it as a mail program would."""
