"""Forgetting what is over: sign-ins, failed tries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from services.scheduling.domain.throttle import FORGOTTEN_AFTER
from services.scheduling.models import LoginSession, LoginThrottle
from shared.database import Database
from shared.messaging.service import Periodic


def forget_old_sign_ins(database: Database, now: datetime) -> None:
    """Remove sign-ins that ended and failed tries that no longer make anybody wait."""
    with database.transaction() as session:
        session.execute(delete(LoginSession).where(LoginSession.expires_at < now))
        session.execute(
            delete(LoginThrottle).where(LoginThrottle.failed_at < now - FORGOTTEN_AFTER)
        )


PERIODIC = (Periodic(name="forget_old_sign_ins", every=900, run=forget_old_sign_ins),)
