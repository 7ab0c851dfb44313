"""Pages for coordinators: today, participants, companies, invitations, exports."""

from services.registration.pages.coordination import (
    companies,
    exports,
    invitations,
    on_behalf,
    participants,
    registration,
    today,
)
from services.registration.pages.coordination.base import blueprint

__all__ = [
    "blueprint",
    "companies",
    "exports",
    "invitations",
    "on_behalf",
    "participants",
    "registration",
    "today",
]
