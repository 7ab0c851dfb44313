"""What a coordinator is told after deciding about a registration: what became of it, and whom to call."""

from __future__ import annotations

from collections.abc import Callable

from services.registration.domain.lifecycle import SEATED, State
from services.registration.models import Registration
from shared.language import gettext as _
from shared.language import ngettext

# The registration as it stands now, and the state it had before.
Outcome = Callable[[Registration, str], str]


def saved(_claim: Registration, _before: str) -> str:
    """Nothing more is to be said than that it was done."""
    return _("Saved.")


def approved(claim: Registration, _before: str) -> str:
    """The seats are theirs, held, or waited for."""
    if claim.state == State.WAITLISTED:
        return _("Approved. No seats are free: it stands on the waitlist.")
    if not claim.email:
        return _with_call(_("Approved."), claim)
    if claim.state == State.HELD:
        return _("Approved. The mail that asks to confirm the address is on its way.")
    return _("Approved. The confirmation is on its way.")


def declined(claim: Registration, _before: str) -> str:
    """They hear of it, by mail or by telephone."""
    if claim.email:
        return _("Declined. %(name)s gets a mail.", name=claim.contact_name)
    return _with_call(_("Declined."), claim)


def signed_off(claim: Registration, before: str) -> str:
    """Their seats are free, if nobody who waited has them by now."""
    slot, text = claim.slot, _("Signed off.")
    if before in SEATED and not slot.waiting and slot.free >= claim.seats:
        text = ngettext(
            "Signed off. %(num)s seat is free.", "Signed off. %(num)s seats are free.", claim.seats
        )
    return text if claim.email else _with_call(text, claim)


def same_company(_claim: Registration, _before: str) -> str:
    """The doubt is settled."""
    return _("Noted: it is the same company.")


def another_company(_claim: Registration, _before: str) -> str:
    """The doubt is settled the other way."""
    return _("Noted: it is a company of its own.")


def _with_call(text: str, claim: Registration) -> str:
    """Who has no address hears of nothing unless somebody calls."""
    if not claim.phone:
        return text
    call = _("Please call %(name)s: %(phone)s", name=claim.contact_name, phone=claim.phone)
    return f"{text} {call}"
