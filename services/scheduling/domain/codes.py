"""The codes of a second factor: which step of time a typed one belongs to, how recovery codes look."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime

STEP = 30  # seconds, as RFC 6238 proposes and every code app does
DIGITS = 6
# Clocks of telephones differ a little, and typing takes a while.
TOLERATED = (0, -1, 1)  # steps
RECOVERY_CODES = 10
_GROUPS, _GROUP = 4, 4  # 16 letters of 32: 80 bits
# Without the letters that look like digits.
ALPHABET = "abcdefghjkmnpqrstvwxyz0123456789"


def step_of(moment: datetime) -> int:
    """The number of the step in which *moment* lies."""
    return int(moment.timestamp()) // STEP


def matching_step(
    typed: str, moment: datetime, *, used: int, code_at: Callable[[int], str]
) -> int | None:
    """The step whose code was *typed*, if it is a tolerated one and newer than *used*.

    All of them are compared, in constant time.
    """
    steps = [step_of(moment) + offset for offset in TOLERATED]
    right = [step for step in steps if hmac.compare_digest(code_at(step), typed)]
    return next((step for step in right if step > used), None)


def digits_of(text: str) -> str | None:
    """The six digits somebody typed or pasted, spaces left out; None if it is something else."""
    plain = re.sub(r"[\s-]", "", text)
    return plain if re.fullmatch(rf"[0-9]{{{DIGITS}}}", plain) else None


def recovery_code(choose: Callable[[str], str]) -> str:
    """A new recovery code, in groups that can be copied by hand."""
    groups = ("".join(choose(ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def recovery_hash(text: str) -> str:
    """What is kept of a recovery code; as random as it is, it needs no slow hash."""
    plain = re.sub(r"[\s-]", "", text.lower())
    return hashlib.sha256(f"recovery|{plain}".encode("utf-8", "replace")).hexdigest()


def grouped(secret: str) -> str:
    """A secret in groups of four, for typing it into the app."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
