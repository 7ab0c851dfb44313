"""How payloads of older versions become the newest one.

A changed fact raises its VERSION and gets a function here, decorated with ``@upgrade(name, from_version)``;
a frozen sample of the old version in tests/contract/samples keeps it honest.
"""

from __future__ import annotations

from typing import Any

from shared.events.envelope import upgrade


@upgrade("PasswordLinkRequested", 1)
def link_without_token(payload: dict[str, Any]) -> dict[str, Any]:
    """A link of before the token travelled has ended."""
    return {**payload, "token": ""}
