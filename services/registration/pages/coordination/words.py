"""States, reasons and kinds of mail in words."""

from __future__ import annotations

from shared.language import gettext as _
from shared.language import lazy_gettext

STATES = {
    "held": lazy_gettext("Not confirmed"),
    "pending_approval": lazy_gettext("Under review"),
    "confirmed": lazy_gettext("Registered"),
    "waitlisted": lazy_gettext("Waitlist"),
    "cancelled": lazy_gettext("Signed off"),
    "expired": lazy_gettext("Lapsed"),
    "declined": lazy_gettext("Declined"),
}
REASONS = {
    "full": lazy_gettext("All seats were taken."),
    "queue": lazy_gettext("Somebody was waiting already."),
    "company_cap": lazy_gettext("The company has all the seats one company may have."),
    "late": lazy_gettext("Confirmed after the time in which the seats were held."),
    "linked": lazy_gettext("Additional seats of a registration."),
    "contact": lazy_gettext("Signed off by the contact."),
    "coordinator": lazy_gettext("Signed off by a coordinator."),
    "meeting_cancelled": lazy_gettext("The meeting was cancelled."),
    "unconfirmed": lazy_gettext("The address was not confirmed in time."),
    "waitlist_closed": lazy_gettext("No seat became free."),
    "undecided": lazy_gettext("Nobody decided before the start."),
}
MAIL_KINDS = {
    "reminder": lazy_gettext("Reminder"),
    "invitation": lazy_gettext("Invitation"),
    "confirm_address": lazy_gettext("Request to confirm the address"),
    "registration_confirmed": lazy_gettext("Confirmation"),
    "waitlist_closed": lazy_gettext("Notice that the waitlist has closed"),
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
