"""Reading notifications' tables; nothing here changes anything."""
