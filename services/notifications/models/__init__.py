"""The tables of notifications: copies from events, calendar entries, mails and planned mails."""

from services.notifications.models.base import Base, table
from services.notifications.models.copies import (
    Attendance,
    Coordinator,
    Invitation,
    Meeting,
    MeetingVersion,
    Network,
    Registration,
)
from services.notifications.models.mails import (
    Addressee,
    CalendarEntry,
    Mail,
    PlannedMail,
    ReplayedEvent,
    StalePlan,
)

__all__ = [
    "Addressee",
    "Attendance",
    "Base",
    "CalendarEntry",
    "Coordinator",
    "Invitation",
    "Mail",
    "Meeting",
    "MeetingVersion",
    "Network",
    "PlannedMail",
    "Registration",
    "ReplayedEvent",
    "StalePlan",
    "table",
]
