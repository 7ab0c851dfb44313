"""States, reasons and kinds of mail in words."""

from __future__ import annotations

from typing import Any

from services.registration.domain.lifecycle import Reason, State
from shared.language import gettext as _
from shared.language import lazy_gettext

STATES: dict[str, Any] = {
    State.HELD: lazy_gettext("Not confirmed"),
    State.PENDING: lazy_gettext("Under review"),
    State.CONFIRMED: lazy_gettext("Registered"),
    State.WAITLISTED: lazy_gettext("Waitlist"),
    State.CANCELLED: lazy_gettext("Signed off"),
    State.EXPIRED: lazy_gettext("Lapsed"),
    State.DECLINED: lazy_gettext("Declined"),
}
REASONS: dict[str, Any] = {
    Reason.FULL: lazy_gettext("All seats were taken."),
    Reason.QUEUE: lazy_gettext("Somebody was waiting already."),
    Reason.COMPANY_CAP: lazy_gettext("The company has all the seats one company may have."),
    Reason.LATE: lazy_gettext("Confirmed after the time in which the seats were held."),
    Reason.LINKED: lazy_gettext("Additional seats of a registration."),
    Reason.FEWER: lazy_gettext("Fewer seats than wished for; the others wait."),
    Reason.CONTACT: lazy_gettext("Signed off by the contact."),
    Reason.COORDINATOR: lazy_gettext("Signed off by a coordinator."),
    Reason.MEETING_CANCELLED: lazy_gettext("The meeting was cancelled."),
    Reason.ERASED: lazy_gettext("Signed off when the personal data were erased."),
    Reason.UNCONFIRMED: lazy_gettext("The address was not confirmed in time."),
    Reason.WAITLIST_CLOSED: lazy_gettext("No seat became free."),
    Reason.UNDECIDED: lazy_gettext("Nobody decided before the start."),
    Reason.WITHDRAWN: lazy_gettext("The additional seats are not wanted any more."),
    Reason.JOINED: lazy_gettext("The seats have become part of the registration."),
}
MAIL_KINDS = {
    "reminder": lazy_gettext("Reminder"),
    "invitation": lazy_gettext("Invitation"),
    "confirm_address": lazy_gettext("Request to confirm the address"),
    "registration_confirmed": lazy_gettext("Confirmation"),
    "waitlist_closed": lazy_gettext("Notice that the waitlist has closed"),
    "undecided": lazy_gettext("Notice that nobody decided in time"),
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
