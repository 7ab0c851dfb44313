"""What each kind of mail says, in the language that is spoken when it is composed."""

from services.notifications.domain.letter import Letter
from services.notifications.domain.letters import (
    accounts,
    invitations,
    meetings,
    registrations,
    waiting,
)
from services.notifications.domain.scene import Scene

KINDS = {
    "confirm_address": waiting.confirm_address,
    "already_registered": waiting.already_registered,
    "waitlisted": waiting.waitlisted,
    "waitlist_closed": waiting.waitlist_closed,
    "undecided": waiting.undecided,
    "registration_confirmed": registrations.confirmed,
    "registration_changed": registrations.changed,
    "registration_cancelled": registrations.cancelled,
    "data_erased": registrations.data_erased,
    "invitation": invitations.invitation,
    "meeting_changed": meetings.changed,
    "meeting_cancelled": meetings.cancelled,
    "reminder": meetings.reminder,
}
# Written without a meeting.
ACCOUNT_KINDS = {"password_link": accounts.password_link}


def compose(scene: Scene) -> Letter:
    """The letter of the scene's kind."""
    return KINDS[scene.kind](scene)
