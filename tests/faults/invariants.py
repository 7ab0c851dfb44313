"""What must hold once everything has come to rest; each function returns what breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import psycopg

from shared.settings import SERVICES, Settings
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
    """Mails on their way, with what keeps them."""
    query = (
        f"select kind, state, attempts, smtp_text from mail where {OPEN_MAILS} and due_at <= now()"
    )
    return rows(settings, "notifications", query)


def wrong_seats(settings: Settings) -> Rows:
    """Slots whose taken seats are not those of their living claims, or more than there are."""
    return rows(
        settings,
        "registration",
        """
        select slot.id, capacity, taken, coalesce(sum(seats), 0) from slot
        left join registration on slot_id = slot.id and registration.state in ('held', 'confirmed')
        group by slot.id, capacity, taken, overbooked
        having taken <> coalesce(sum(seats), 0) or (taken > capacity and not overbooked)
        """,
    )


def wrong_waiting(settings: Settings) -> Rows:
    """Slots whose list is not as long as they say."""
    return rows(
        settings,
        "registration",
        """
        select slot.id, waiting, count(registration.id) from slot
        left join registration on slot_id = slot.id and registration.state = 'waitlisted'
            and reason <> 'company_cap'
        group by slot.id, waiting having waiting <> count(registration.id)
        """,
    )


def wrong_roster(settings: Settings) -> list[str]:
    """Registrations of which scheduling knows another state or other seats: confirmed ⇔ on the roster."""
    living = "state in ('held', 'pending_approval', 'confirmed', 'waitlisted')"
    query = f"select {{key}}, state, seats from {{table}} where {living}"
    truth = rows(settings, "registration", query.format(key="id", table="registration"))
    shown = rows(settings, "scheduling", query.format(key="registration_id", table="roster_entry"))
    return [str(row) for row in set(truth) ^ set(shown)]


def doubled_intents(settings: Settings) -> Rows:
    """Mails of one kind to one person about one confirmation, planned more than once."""
    return rows(
        settings,
        "notifications",
        """
        select kind, registration_id, recipient, count(*) from mail
        where kind in ('registration_confirmed', 'waitlisted')
        group by 1, 2, 3 having count(*) > 1
        """,
    )


def counted(mails: Iterable[Mail], kind: str) -> Counter[tuple[str, str]]:
    """Copies at the SMTP server by registration and recipient."""
    return Counter((mail.registration, mail.recipients[0]) for mail in mails if mail.kind == kind)


def broken(settings: Settings) -> dict[str, Any]:
    """Everything that does not hold, by name; empty when all is well."""
    found = {
        "undelivered": undelivered(settings),
        "unfinished": unfinished(settings),
        "parked": parked(settings),
        "unsent": unsent(settings),
        "wrong seats": wrong_seats(settings),
        "wrong waiting": wrong_waiting(settings),
        "wrong roster": wrong_roster(settings),
        "doubled intents": doubled_intents(settings),
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
