"""What must hold once everything has come to rest: the product's own invariants, and what tests know beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import psycopg

from shared.settings import SERVICES, Settings
from tests.judging import broken_at_rest
from tests.mails import Mail
from tests.wait import wait_until

Rows = list[tuple[Any, ...]]
OPEN_MAILS = "state in ('queued', 'retry', 'sending')"


def rows(settings: Settings, service: str, query: str) -> Rows:
    """Ask the database of one service; nothing is kept open."""
    with psycopg.connect(settings.database_url(service), autocommit=True) as connection:
        return connection.execute(query).fetchall()


def undelivered(settings: Settings) -> list[str]:
    """Committed facts without their effect in a subscribed service."""
    done = {
        service: {
            row[0]
            for row in rows(settings, service, "select event_id from inbox where state = 'done'")
        }
        for service in SERVICES
    }
    return [
        f"{publisher} → {subscriber}: {name} {event_id}"
        for publisher in SERVICES
        for event_id, subscriber, name in rows(
            settings,
            publisher,
            "select event_id, subscriber, name from outbox_delivery join outbox_event on id = event_id",
        )
        if event_id not in done[subscriber]
    ]


def unfinished(settings: Settings) -> Rows:
    """Facts received that are neither done nor parked."""
    query = "select name, attempts, last_error from inbox where state = 'new'"
    return [row for service in SERVICES for row in rows(settings, service, query)]


def parked(settings: Settings) -> Rows:
    """Facts that failed for good."""
    query = "select name, last_error from inbox where state = 'parked'"
    return [row for service in SERVICES for row in rows(settings, service, query)]


def unsent(settings: Settings) -> Rows:
    """Mails on their way, or to be sent once more, with what keeps them."""
    query = (
        f"select kind, state, attempts, smtp_text from mail where ({OPEN_MAILS} and due_at <= now())"
        " or state in ('retry', 'sending') or (state = 'ambiguous' and not repeated and kind <> 'reminder')"
    )
    return rows(settings, "notifications", query)


def counted(mails: Iterable[Mail], kind: str) -> Counter[tuple[str, str]]:
    """Mails (not copies of one, see wrong_copies) at the SMTP server by registration and recipient."""
    different = {
        (mail.header("Message-ID"), mail.registration, mail.recipients[0])
        for mail in mails
        if mail.kind == kind
    }
    return Counter((registration, recipient) for _, registration, recipient in different)


def wrong_copies(settings: Settings, mails: Iterable[Mail]) -> list[str]:
    """Mails of which the SMTP server has more or fewer copies than their state says."""
    copies = Counter(mail.header("Message-ID") for mail in mails)
    query = "select message_id, kind, state, repeated from mail where message_id is not null"
    known = rows(settings, "notifications", query)
    found = [
        f"{kind}, {state}, copies: {copies[message_id]}"
        for message_id, kind, state, repeated in known
        if not _fits(copies[message_id], state, repeated=repeated)
    ]
    strangers = len(copies.keys() - {message_id for message_id, *_ in known})
    return found + ["a copy of no mail"] * strangers


def _fits(copies: int, state: str, *, repeated: bool) -> bool:
    most = 1 + repeated  # perhaps it had arrived before it was sent once more
    if state == "sent":
        return 1 <= copies <= most
    return copies <= (most if state in {"ambiguous", "failed"} else repeated)


def broken(settings: Settings) -> dict[str, Any]:
    """Everything that does not hold at rest, by name; empty when all is well."""
    found: dict[str, Any] = {
        **broken_at_rest(settings),
        "unfinished": unfinished(settings),
        "parked": parked(settings),
        "unsent": unsent(settings),
    }
    return {name: what[:5] for name, what in found.items() if what}


def wait_until_at_rest(settings: Settings, *, within: float) -> None:
    """Return when every fact has had its effect and every due mail is sent."""

    def at_rest() -> bool:
        try:
            return not (undelivered(settings) or unfinished(settings) or unsent(settings))
        except psycopg.OperationalError:
            return False

    try:
        wait_until(at_rest, within=within)
    except AssertionError:
        raise AssertionError(f"not at rest: {broken(settings)}") from None
