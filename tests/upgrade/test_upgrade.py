"""The first release, stopped in the middle of its work, is migrated and finished by the present code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from shared.settings import SERVICES
from tests import factories
from tests.databases import Servers
from tests.faults import invariants
from tests.mails import Mail, WebMailbox
from tests.stack import Stack, new_stack
from tests.upgrade.frozen import Frozen

FIRST = Frozen(Path(__file__).parent / "first_release")
QUICK = {"RECEIPT_AFTER": "1", "SWEEP_INTERVAL": "1"}


@pytest.fixture(scope="module")
def upgraded(servers: Servers) -> Iterator[Stack]:
    """A stack of the present code on what the first release left; its work is done."""
    redis = servers.redis.replace("/0", "/3")
    with FIRST.databases(servers) as databases:
        urls = {f"{name.upper()}_DATABASE_URL": url for name, url in databases.items()}
        with Redis.from_url(redis) as client:
            client.flushdb()
        assert FIRST.fill_queues(redis) == 2
        stack = new_stack(SECRET_KEY=factories.KEY, REDIS_URL=redis, **QUICK, **urls)
        try:
            stack.start()
            invariants.wait_until_at_rest(stack.settings, within=30)
            yield stack
        finally:
            stack.clean()


def mails(stack: Stack) -> list[tuple[str, str]]:
    found = WebMailbox(stack.mailbox_url).mails()
    return sorted((mail.recipients[0].partition("@")[0], mail.kind) for mail in found)


def test_nothing_of_the_first_release_is_lost_or_stuck(upgraded: Stack) -> None:
    assert invariants.broken(upgraded.settings) == {}


def test_its_messages_have_left_the_queues(upgraded: Stack) -> None:
    with Redis.from_url(upgraded.settings.redis_url) as redis:
        left = [message for name in SERVICES for message in redis.lrange(name, 0, -1)]

    assert [message for message in left if b".receive" in message] == []


def test_what_it_had_not_mailed_is_mailed_once_and_nothing_again(upgraded: Stack) -> None:
    assert mails(upgraded) == [
        ("doro", "registration_confirmed"),
        ("edda", "confirm_address"),
        ("emil", "confirm_address"),
        ("frida", "confirm_address"),
        ("gitta", "waitlisted"),
    ]


def test_its_roster_is_complete(upgraded: Stack) -> None:
    found = invariants.rows(
        upgraded.settings, "scheduling", "select contact_name, state, seats from roster_entry"
    )

    assert sorted(found) == [
        ("Anna Ampel", "confirmed", 2),
        ("Doro Dachs", "confirmed", 1),
        ("Edda Eibe", "held", 1),
        ("Emil Esche", "held", 1),
        ("Frida Falk", "held", 2),
        ("Gero Gans", "cancelled", 1),
        ("Gitta Grau", "waitlisted", 1),
    ]


def test_links_it_mailed_still_work(upgraded: Stack) -> None:
    query = (
        "select message from mail where kind = 'registration_confirmed' and recipient like 'anna@%'"
    )
    ((message,),) = invariants.rows(upgraded.settings, "notifications", query)
    token = Mail(message, ()).token("/registrations/manage/")

    status, body = upgraded.call("GET", "/api/v1/registrations/manage", token=token)

    assert (status, "Anna Ampel" in body) == (200, True)
