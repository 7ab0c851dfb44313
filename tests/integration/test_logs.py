"""At debug level, in a story where much goes wrong, no log tells who it was about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from shared.messaging.publisher import Publisher
from tests import canary
from tests.clients import Api
from tests.faults import invariants
from tests.mails import mails_to
from tests.office import Office
from tests.offices import office_of
from tests.stack import Stack, new_stack
from tests.wait import wait_until

COMPANY = {"name": f"{canary.NAME} Dachdeckerei GmbH", "postcode": "44369"}
CONTACT = {"name": canary.NAME, "email": canary.EMAIL, "phone": canary.PHONE}
WISH: dict[str, Any] = {
    "email": canary.EMAIL,
    "company": COMPANY,
    "contact": CONTACT,
    "attendees": [{"name": canary.NAME, "email": canary.EMAIL}],
}
# PostgreSQL quotes the row in both errors, SQLAlchemy the parameters.
HANDLER_FAILS = "create unique index once on roster_entry (contact_email) where contact_email <> ''"
PAGE_FAILS = "alter table attendee add constraint nobody check (name = '') not valid"
PROCESSES = ("web", "relay", "mailer", "beat", "worker-registration", "worker-scheduling")


@pytest.fixture(scope="module")
def chatty() -> Iterator[Stack]:
    """A stack that logs all it can."""
    stack = new_stack(LOG_LEVEL="DEBUG", SWEEP_INTERVAL="1")
    try:
        yield stack.start()
    finally:
        stack.clean()


def execute(stack: Stack, service: str, statement: str) -> None:
    with psycopg.connect(stack.settings.database_url(service), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def all_goes_well(office: Office) -> list[str]:
    """Sign up, confirm, look, cancel; the tokens she got."""
    office.registered(office.published(), **WISH)
    confirm = office.mail("confirm_address", canary.EMAIL).token("/registrations/confirm/")
    manage = office.mail("registration_confirmed", canary.EMAIL).token("/registrations/manage/")
    office.public.get(f"/registrations/manage/{manage}").status  # noqa: B018 - it is logged
    office.public.having(manage).call("DELETE", "/api/v1/registrations/manage").expect(200, 204)
    return [confirm, manage]


def much_goes_wrong(stack: Stack, office: Office) -> None:
    """A handler, a page, a sign-in, a link, a body and a message that fail because of her."""
    meeting = office.published()
    execute(stack, "scheduling", HANDLER_FAILS)
    office.sign_up(meeting, **WISH)
    wait_until(lambda: "event_failed" in log_of(stack, "worker-scheduling"), within=30)
    execute(stack, "scheduling", "drop index once")
    execute(stack, "registration", PAGE_FAILS)
    assert office.try_to_sign_up(office.published()["slots"][0]["id"], **WISH).status == 500
    api = Api(stack.url)
    api.get(f"/registrations/manage/{canary.EMAIL}", q=canary.NAME)
    api.post("/api/v1/registrations", f'{{"contact": "{canary.NAME}'.encode())
    with closing(Publisher("tests", stack.settings)) as publisher:
        publisher.publish("registration", "newer_than_you", canary.EMAIL)
        publisher.publish("registration", "receive", canary.EMAIL)
    wait_until(lambda: "message_refused" in log_of(stack, "worker-registration"), within=20)


def log_of(stack: Stack, name: str) -> str:
    return (stack.data_dir / "log" / f"{name}.log").read_text(encoding="utf-8")


def test_no_log_tells_of_a_person(chatty: Stack) -> None:
    office = office_of(chatty)
    link = chatty.run("coordinator", "add", canary.EMAIL, "--name", canary.NAME).strip()
    tokens = [*all_goes_well(office), link.rpartition("/")[2], chatty.token]
    much_goes_wrong(chatty, office)
    invariants.wait_until_at_rest(chatty.settings, within=60)
    assert mails_to(office.mailbox, canary.EMAIL)

    logs = {path.name: path.read_bytes() for path in (chatty.data_dir / "log").iterdir()}

    words = (*canary.WORDS, *(token.lower() for token in tokens))
    assert {name for name, log in logs.items() if canary.tells_of_her(log, words)} == set()
    assert b"request_failed" in logs["web.log"]


def test_every_line_of_ours_is_json_and_says_which_process(chatty: Stack) -> None:
    for process in PROCESSES:
        lines = [json.loads(line) for line in log_of(chatty, process).splitlines()]
        assert {line["process"] for line in lines} <= {process}
        assert all(line["at"] and line["event"] for line in lines)
