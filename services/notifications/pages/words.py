"""Names of kinds, audiences and reasons, for people."""

from __future__ import annotations

from shared.language import lazy_gettext as _

KINDS = {
    "confirm_address": _("Please confirm"),
    "already_registered": _("Link to the registration"),
    "registration_confirmed": _("Confirmation"),
    "registration_changed": _("Change of a registration"),
    "registration_cancelled": _("Cancellation of a registration"),
    "waitlisted": _("Waitlist place"),
    "waitlist_closed": _("Waitlist closed"),
    "undecided": _("No decision in time"),
    "invitation": _("Invitation"),
    "data_erased": _("Erasure of personal data"),
    "meeting_changed": _("Change of the meeting"),
    "meeting_cancelled": _("Cancellation of the meeting"),
    "reminder": _("Reminder"),
    "password_link": _("Password link"),
}
STATES = {
    "sent": _("Sent"),
    "queued": _("Queued"),
    "sending": _("Being sent"),
    "retry": _("Trying again"),
    "failed": _("Not delivered"),
    "ambiguous": _("Perhaps delivered"),
    "held_back": _("Held back"),
    "suppressed": _("Not sent"),
}
AUDIENCES = {
    "confirmed": _("Everybody with a seat"),
    "contacts": _("Contacts only"),
    "waitlisted": _("Waitlist"),
}
UNITS = {"days": _("days"), "hours": _("hours"), "minutes": _("minutes")}
RELATIVE_TO = {"start": _("before the start"), "end": _("before the end")}
REASONS = {
    "the meeting was cancelled": _("The meeting was cancelled before it was sent."),
    "the meeting is over": _("The meeting was over before it was sent."),
    "the address is confirmed": _("The address was confirmed before it was sent."),
    "the registration has ended": _("The registration had ended before it was sent."),
    "no longer on the waitlist": _("The registration had left the waitlist before it was sent."),
    "the registration is not confirmed any more": _(
        "The registration had ended before it was sent."
    ),
    "the person is not coming any more": _("The person was not coming any more."),
    "the slot has begun": _("The slot had begun before it was sent."),
    "the invitation was answered": _("The invitation was answered before it was sent."),
    "erased": _("The personal data were erased before it was sent."),
    "a newer link was asked for": _("A newer link was asked for."),
    "its link ended with an update": _("Its link ended with an update; please ask for a new one."),
    "the mailer ended while it was sending": _("Sending was interrupted; it may have arrived."),
    "its fact had had its effect before a restore": _("It was dealt with before a restore."),
    "in doubt since a restore: it may have been sent": _(
        "Held back after a restore: it may have been sent already."
    ),
}
