"""Pages for coordinators: today, participants, companies, invitations, exports."""

from services.registration.pages.coordination import (
    exports,
    participants,
)
from services.registration.pages.coordination.base import blueprint

__all__ = ["blueprint", "exports", "participants"]
