"""States, reasons and kinds of mail in words."""

from __future__ import annotations

from shared.language import gettext as _
from shared.language import lazy_gettext as later

STATES = {
    "held": later("Not confirmed"),
    "pending_approval": later("Under review"),
    "confirmed": later("Registered"),
    "waitlisted": later("Waitlist"),
    "cancelled": later("Cancelled"),
    "expired": later("Lapsed"),
    "declined": later("Declined"),
}
REASONS = {
    "full": later("All seats were taken."),
    "queue": later("Somebody was waiting already."),
    "company_cap": later("The company has all the seats one company may have."),
    "late": later("Confirmed after the time in which the seats were held."),
    "linked": later("Additional seats of a registration."),
    "contact": later("Signed off by the contact."),
    "coordinator": later("Signed off by a coordinator."),
    "meeting_cancelled": later("The meeting was cancelled."),
    "unconfirmed": later("The address was not confirmed in time."),
    "waitlist_closed": later("No seat became free."),
}
MAIL_KINDS = {
    "reminder": later("Reminder"),
    "invitation": later("Invitation"),
    "confirm_address": later("Request to confirm the address"),
    "registration_confirmed": later("Confirmation"),
    "waitlist_closed": later("Notice that the waitlist has closed"),
}


def state_word(state: str) -> str:
    """The state of a registration as the chip shows it."""
    return str(STATES.get(state, state))


def reason_words(reason: str) -> str:
    """Why a registration is in its state; a coordinator's own words as they are."""
    return str(REASONS.get(reason, reason))


def mail_words(kind: str) -> str:
    """What a mail of *kind* is called."""
    return str(MAIL_KINDS.get(kind) or _("Mail"))
