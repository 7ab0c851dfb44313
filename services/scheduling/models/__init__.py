"""The tables of scheduling, one module per noun."""

from services.scheduling.models.accounts import ApiToken, Coordinator, LoginSession, LoginThrottle
from services.scheduling.models.base import Base
from services.scheduling.models.meetings import AgendaItem, Meeting, Slot
from services.scheduling.models.networks import District, Network, Series, Venue
from services.scheduling.models.roster import CheckIn, RosterEntry
from services.scheduling.models.second_factors import RecoveryCode, SecondFactor
from services.scheduling.models.security import SecurityEvent

__all__ = [
    "AgendaItem",
    "ApiToken",
    "Base",
    "CheckIn",
    "Coordinator",
    "District",
    "LoginSession",
    "LoginThrottle",
    "Meeting",
    "Network",
    "RecoveryCode",
    "RosterEntry",
    "SecondFactor",
    "SecurityEvent",
    "Series",
    "Slot",
    "Venue",
]
