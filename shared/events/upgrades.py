"""How payloads of older versions become the newest one.

A changed fact raises its VERSION and gets a function here, decorated with ``@upgrade(name, from_version)``;
a frozen sample of the old version in tests/contract/samples keeps it honest.
"""

from __future__ import annotations

from typing import Any

from shared.events.envelope import upgrade

# As they were then: a fact that came later begins with what it has now.
_BEFORE_VERSION_2 = (
    "RegistrationHeld",
    "ApprovalRequested",
    "RegistrationWaitlisted",
    "RegistrationConfirmed",
    "RegistrationChanged",
    "RegistrationCancelled",
    "RegistrationExpired",
    "RegistrationDeclined",
    "LinkRequested",
)


def _know_no_meeting(payload: dict[str, Any]) -> dict[str, Any]:
    """Which state of the meeting was seen, and what belongs together, was not told before version 2."""
    return {"meeting_revision": 0, "linked_to": None, **payload}


for _name in _BEFORE_VERSION_2:
    upgrade(_name, 1)(_know_no_meeting)


@upgrade("PasswordLinkRequested", 1)
def link_without_token(payload: dict[str, Any]) -> dict[str, Any]:
    """A link of before the token travelled has ended."""
    return {**payload, "token": ""}
