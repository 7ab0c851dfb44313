"""Mails to coordinators about their own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.domain.letter import Button, Letter
from services.notifications.domain.letters.facts import as_sentence, greeting
from services.notifications.domain.scene import moment
from shared.language import format_moment
from shared.language import gettext as _


def password_link(details: Mapping[str, Any], url: str, tz: ZoneInfo) -> Letter:
    """A link to choose a password; ``purpose`` invite: for an account just made."""
    new = details["purpose"] == "invite"
    first = _what_happened((details.get("network") or {}).get("name", ""), new=new)
    until = format_moment(moment(details["expires_at"]), tz)
    return Letter(
        subject=_("Your access to Treffpunkt") if new else _("New password for Treffpunkt"),
        title=_("Choose a password"),
        preheader=as_sentence(first),
        lead=(
            greeting(details["name"]),
            first,
            _("The link works once, until %(until)s.", until=until),
        ),
        button=Button(label=_("Choose a password"), url=url),
        after_button=()
        if new
        else (
            _("You did not ask for it? Then there is nothing to do; your password stays as it is."),
        ),
        reason=_("You get this mail because you have an account as a coordinator."),
    )


def _what_happened(network: str, *, new: bool) -> str:
    if not new:
        return _("Somebody asked for a new password for your account.")
    if not network:
        return _("An account for planning meetings has been set up for you.")
    return _(
        "You have access to the meetings of “%(network)s” now: an account has been set up for you.",
        network=network,
    )
