"""A code app as people have it on their phones: RFC 6238, written anew from the text of the standard."""

from __future__ import annotations

import hmac
import time
from base64 import b32decode


def code(secret: str, *, steps: int = 0) -> str:
    """The six digits for *secret* (base32, spaces allowed), some steps of 30 s from now."""
    key = b32decode(secret.replace(" ", ""))
    return code_at(key, int(time.time()) // 30 + steps)


def code_at(key: bytes, step: int) -> str:
    """The six digits of one step."""
    digest = hmac.new(key, step.to_bytes(8, "big"), "sha1").digest()
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"
