"""Addresses that people are given after signing up: each is written to, and nobody has proved that it is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.registration.domain.allowance import LATELY, most_new_addresses
from services.registration.domain.names import email_key
from services.registration.domain.refusals import TooManyAddressesError
from services.registration.models import Registration


def count_new(claim: Registration, wished: Sequence[str | None], now: datetime) -> None:
    """Count which of the *wished* addresses, one a seat, are new to *claim*. Raises TooManyAddressesError."""
    known = {claim.email_key, *(email_key(one.email) for one in claim.people if one.email)}
    new = [email for email in wished if email and email_key(email) not in known]
    if not new:
        return
    lately = [moment for moment in claim.new_addresses if moment > now - LATELY]
    if len(lately) + len(new) > most_new_addresses(len(wished)):
        raise TooManyAddressesError
    claim.new_addresses = lately + [now] * len(new)
