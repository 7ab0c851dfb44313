"""What registration remembers: copies of meetings, companies, registrations, invitations."""

from services.registration.models.base import Base
from services.registration.models.companies import Company, CompanyDomain, Contact
from services.registration.models.invitations import Invitation
from services.registration.models.meetings import (
    Coordinator,
    CoordinatorVisit,
    District,
    FailingAddress,
    Meeting,
    Network,
    PlannedMails,
    Slot,
)
from services.registration.models.registrations import (
    Attendee,
    ErasureRequest,
    IdempotencyKey,
    LegalText,
    Registration,
    RepeatedSignUp,
)

__all__ = [
    "Attendee",
    "Base",
    "Company",
    "CompanyDomain",
    "Contact",
    "Coordinator",
    "CoordinatorVisit",
    "District",
    "ErasureRequest",
    "FailingAddress",
    "IdempotencyKey",
    "Invitation",
    "LegalText",
    "Meeting",
    "Network",
    "PlannedMails",
    "Registration",
    "RepeatedSignUp",
    "Slot",
]
