"""Looks at everything the product leans on, and says what to mend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from treffpunkt.doctor import broker, databases, installation, mail

if TYPE_CHECKING:
    from shared.settings import Settings
    from treffpunkt.doctor.finding import Finding


def examine(settings: Settings) -> Iterator[Finding]:
    """One finding after the other, as they are made."""
    for part in (installation, databases, broker, mail):
        yield from part.examine(settings)
