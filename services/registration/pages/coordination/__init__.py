"""Pages for coordinators: today, participants, companies, invitations, exports."""

from services.registration.pages.coordination import (
    addresses,
    companies,
    erasure,
    exports,
    invitations,
    legal,
    on_behalf,
    participants,
    registration,
    today,
)
from services.registration.pages.coordination.base import blueprint

__all__ = [
    "addresses",
    "blueprint",
    "companies",
    "erasure",
    "exports",
    "invitations",
    "legal",
    "on_behalf",
    "participants",
    "registration",
    "today",
]
