"""Forgetting what is over: sign-ins, failed tries, people."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from services.scheduling.domain.throttle import FORGOTTEN_AFTER
from services.scheduling.models import LoginSession, LoginThrottle
from services.scheduling.use_cases import retention
from services.scheduling.use_cases.erasing import erase
from shared.database import Database
from shared.messaging import erasures
from shared.messaging.service import Periodic
from shared.settings import Settings


def forget_old_sign_ins(database: Database, now: datetime) -> None:
    """Remove sign-ins that ended and failed tries that no longer make anybody wait."""
    with database.transaction() as session:
        session.execute(delete(LoginSession).where(LoginSession.expires_at < now))
        session.execute(
            delete(LoginThrottle).where(LoginThrottle.failed_at < now - FORGOTTEN_AFTER)
        )


def settle_erasures(database: Database, now: datetime) -> None:
    """Look again for what was on its way while somebody was erased."""
    with database.transaction() as session:
        subjects = erasures.unsettled(session)
        if subjects:
            erase(session, subjects, now)
            erasures.settle(session, subjects, now)


def forget_people(database: Database, now: datetime, settings: Settings) -> None:
    """Keep names and addresses as long as the settings say; seats and states stay."""
    past = now - timedelta(days=settings.keep_names_days)
    unconfirmed = now - timedelta(days=settings.keep_unconfirmed_days)
    number = retention.BATCH
    while number >= retention.BATCH:
        with database.transaction() as session:
            number = retention.empty_past(
                session, ended_before=past, signed_up_before=unconfirmed, now=now
            )
    with database.transaction() as session:
        kept = timedelta(days=settings.keep_security_log_days)
        retention.forget_security_events(session, now - kept)
    erasures.scrub_past_messages(database, retention.past_meetings(past))


PERIODIC = (
    Periodic(name="forget_old_sign_ins", every=900, run=forget_old_sign_ins),
    Periodic(name="settle_erasures", every=60, run=settle_erasures),
    Periodic(name="forget_people", hour=1, run=forget_people, with_settings=True),
)
