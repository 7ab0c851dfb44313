"""Unsafe calls that may be repeated: same key and body, same answer; in parallel, one effect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.models import IdempotencyKey


class KeyReusedError(ValueError):
    """The key came with another body before."""


def once(
    session: Session, key: str, body: bytes, now: datetime, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """The answer of *act*, or the one given before. Raises KeyReusedError.

    A parallel call with the same key waits here for the first one to commit; if *act* raises, the key
    is free again.
    """
    digest = hashlib.sha256(body).hexdigest()
    statement = insert(IdempotencyKey).values(key=key, body_hash=digest, created_at=now)
    if session.execute(statement.on_conflict_do_nothing().returning(IdempotencyKey.key)).first():
        answer = act()
        session.execute(
            update(IdempotencyKey).where(IdempotencyKey.key == key).values(answer=answer)
        )
        return answer
    known = session.get_one(IdempotencyKey, key, populate_existing=True)
    if known.body_hash != digest or known.answer is None:
        raise KeyReusedError(key)
    return known.answer
