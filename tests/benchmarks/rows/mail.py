"""Mails: how soon a confirmation arrives, and how many a mailer renders and sends."""

from __future__ import annotations

import time
from functools import partial
from uuid import UUID

import psycopg

from shared.links import Links
from tests.benchmarks.bench import Bench
from tests.benchmarks.load.sign_ups import PATH, body
from tests.benchmarks.place import Meeting
from tests.benchmarks.rounds import in_turns, middle, percentile, ratio
from tests.benchmarks.table import Row, at_least, at_most
from tests.benchmarks.yardsticks.build_and_send import build_and_send, taken_apart
from tests.benchmarks.yardsticks.sink import Sink
from tests.wait import wait_until

SAMPLES = 40
FEW, MANY = 120, 400
CONFIRMATION = "registration_confirmed"

# Copies of one registration with everything that names it, and of its mail as it was before rendering.
CLONE = """
with ids as materialized (select gen_random_uuid()::text as id from generate_series(1, %(number)s)),
registrations as (
    insert into registration select made.* from registration r, ids, jsonb_populate_record(
        null::registration, replace(to_jsonb(r)::text, %(id)s, ids.id)::jsonb) made
    where r.id = %(id)s::uuid
),
entries as (
    insert into calendar_entry select made.* from calendar_entry e, ids, jsonb_populate_record(
        null::calendar_entry, replace(to_jsonb(e)::text, %(id)s, ids.id)::jsonb) made
    where e.registration_id = %(id)s::uuid
)
insert into mail select made.* from mail m, ids, jsonb_populate_record(
    null::mail, replace((to_jsonb(m) - 'message')::text, %(id)s, ids.id)::jsonb || jsonb_build_object(
        'id', gen_random_uuid(), 'key', 'bench-' || ids.id, 'state', 'queued', 'subject', null,
        'message', null, 'message_id', null, 'attempts', 0, 'due_at', now(), 'sent_at', null,
        'claimed_until', null, 'smtp_code', null, 'smtp_text', null)) made
where m.registration_id = %(id)s::uuid and m.kind = 'registration_confirmed'
"""


def measure_latency(bench: Bench) -> list[Row]:
    """From the click on the confirmation to the mail at the SMTP server, while nothing else goes on."""
    meeting = bench.place.meeting(slots=1, capacity=500)
    delays = [_confirm(bench, meeting, number)[1] for number in range(SAMPLES + 3)][3:]
    return [
        at_most(
            "confirmed → mail at the SMTP server, median",
            value=middle(delays),
            target=0.1,
            unit="s",
        ),
        at_most("the same, 95 %", value=percentile(delays, 0.95), target=0.25, unit="s"),
    ]


def _confirm(bench: Bench, meeting: Meeting, number: int) -> tuple[str, float]:
    """Sign up, confirm, wait for the mail: the registration's id and the seconds the last step took."""
    name = f"latenz{time.time_ns():x}n{number}"
    made = bench.place.ask("POST", PATH, body(name, meeting.slots[0]), token=False)
    registration: str = made["id"]
    _arrival(bench.sink, "confirm_address", registration)
    time.sleep(0.1)  # idle again
    token = Links(bench.place.stack.settings).token("confirm", UUID(registration), 1)
    begin = time.monotonic()
    bench.place.ask("POST", f"{PATH}/confirm", {"token": token}, token=False)
    return registration, _arrival(bench.sink, CONFIRMATION, registration) - begin


def _arrival(sink: Sink, kind: str, registration: str) -> float:
    found: list[float] = []

    def has_come() -> bool:
        found[:] = [
            mail.at
            for mail in sink.look()
            if mail.kind == kind and mail.registration == registration
        ]
        return bool(found)

    wait_until(has_come, within=20)
    return found[0]


def measure_throughput(bench: Bench) -> list[Row]:
    """Rows in the table → rendered → taken by the SMTP server, by one mailer."""
    meeting = bench.place.meeting(slots=1, capacity=500)
    registration, _ = _confirm(bench, meeting, 0)
    template = taken_apart(bench.sink.sample(CONFIRMATION))
    said = in_turns(
        {
            "mailer": partial(_mailer_rate, bench, registration),
            "plain": partial(build_and_send, template, bench.sink.port, FEW),
        },
        max(bench.rounds - 1, 2),
    )
    return [
        at_least(
            "mails end to end, one mailer (row → rendered → sent)",
            f"{middle(said['mailer']):.0f}/s",
            f"{middle(said['plain']):.0f}/s build and send",
            ratio=ratio(said["mailer"], said["plain"]),
            target=2.5,
        )
    ]


def _mailer_rate(bench: Bench, registration: str) -> float:
    bench.place.pause(["mailer"])
    with psycopg.connect(bench.place.url("notifications")) as connection:
        connection.execute(CLONE, {"number": MANY, "id": registration})
    there = len(bench.sink.look())
    begin = time.monotonic()
    bench.place.resume()
    wait_until(lambda: len(bench.sink.look()) >= there + MANY, within=60)
    return MANY / (bench.sink.arrivals[-1].at - begin)
