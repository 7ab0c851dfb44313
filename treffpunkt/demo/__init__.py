"""Demo data: a network with schools, meetings, companies and registrations in every state, always near today."""

from __future__ import annotations

import base64
import hashlib
import hmac
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.scheduling import queries
from services.scheduling.models import Coordinator
from services.scheduling.use_cases import passwords
from shared.clock import now
from shared.database import Database
from shared.language import speaking
from treffpunkt.demo import data, office, visitors

if TYPE_CHECKING:
    from shared.settings import Settings


def run(settings: Settings) -> str:
    """Make what is missing, and say how to sign in. Again: nothing is made."""
    password = demo_password(settings)
    with (
        closing(Database(settings.database_url("scheduling"), "treffpunkt-demo")) as scheduling,
        closing(Database(settings.database_url("registration"), "treffpunkt-demo")) as registration,
        speaking("de"),
    ):
        with scheduling.transaction() as session:
            if queries.network_by_slug(session, data.NETWORK_SLUG) is None:
                office.make(session, settings, password=password, now=now())
        with scheduling.reading() as session:
            facts = office.published_facts(session)
        with registration.transaction() as session:
            visitors.make(session, facts, now=now())
        with scheduling.reading() as session:
            account = session.scalar(
                select(Coordinator).where(Coordinator.email == data.LOGIN_EMAIL)
            )
            known = account is not None and passwords.matches(account.password_hash, password)
    shown = password if known else "(the one that was set)"
    return (
        f"sign in at {settings.base_url}/scheduling/login\n"
        f"e-mail     {data.LOGIN_EMAIL}\n"
        f"password   {shown}\n"
    )


def demo_password(settings: Settings) -> str:
    """The same for one installation, unknown to everybody else."""
    digest = hmac.new(settings.secret_keys[-1].encode(), b"treffpunkt.demo", hashlib.sha256)
    letters = base64.b32encode(digest.digest()).decode().lower()
    return "-".join(letters[start : start + 4] for start in (0, 4, 8, 12))
