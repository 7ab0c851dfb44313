"""Fills the three databases with many registrations: copies of one that went the real way."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import psycopg

from shared.links import Links
from tests.benchmarks.forks import side_by_side
from tests.benchmarks.load.sign_ups import PATH, body
from tests.benchmarks.place import Meeting, Place
from tests.wait import wait_until

# Identifiers as they would have been made: by kind of row, later ones behind earlier ones.
FUNCTIONS = """
create or replace function pg_temp.made(kind int, n int) returns uuid language sql immutable as
$$ select ('019000' || lpad(to_hex(kind), 2, '0') || '-' || lpad(to_hex(n >> 8), 4, '0') || '-7000-8000-'
           || lpad(to_hex(n), 12, '0'))::uuid $$;
create or replace function pg_temp.state(n int) returns text language sql immutable as
$$ select (array['confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed',
                 'held', 'waitlisted', 'cancelled'])[n %% 10 + 1] $$;
create or replace function pg_temp.company(n int) returns text language sql immutable as
$$ select initcap(translate(substr(md5(n::text), 1, 8), '0123456789', 'ghijklmnop')) || ' GmbH' $$;
create or replace function pg_temp.address(n int) returns text language sql immutable as
$$ select 'kontakt@' || lower(substr(pg_temp.company(n), 1, 8)) || n || '.example' $$;
create temporary table wanted as select n, (%(meetings)s::uuid[])[m] as meeting_id, (%(slots)s::uuid[])[m] as slot_id
from (select n, case when n > %(rest)s then 1 else (n - 1) / %(each)s + 2 end as m
      from generate_series(1, %(number)s) n) numbered;
analyze wanted;
"""

REGISTRATION = """
insert into company select made.* from wanted, company t join registration r on r.company_id = t.id and r.id = %(id)s,
    jsonb_populate_record(null::company, to_jsonb(t) || jsonb_build_object(
    'id', pg_temp.made(1, n), 'name', pg_temp.company(n), 'name_key', lower(pg_temp.company(n)) || n,
    'sort_key', lower(pg_temp.company(n)))) made;
insert into contact select made.* from wanted, contact t join registration r on r.contact_id = t.id and r.id = %(id)s,
    jsonb_populate_record(null::contact, to_jsonb(t) || jsonb_build_object(
    'id', pg_temp.made(2, n), 'company_id', pg_temp.made(1, n), 'email', pg_temp.address(n),
    'email_key', pg_temp.address(n))) made;
insert into registration select made.* from registration t, wanted,
    jsonb_populate_record(null::registration, to_jsonb(t) || jsonb_build_object(
    'id', pg_temp.made(3, n), 'company_id', pg_temp.made(1, n), 'contact_id', pg_temp.made(2, n),
    'meeting_id', wanted.meeting_id, 'slot_id', wanted.slot_id, 'state', pg_temp.state(n), 'rank', n,
    'state_changed_at', now() - n * interval '1 minute',
    'company_name', pg_temp.company(n), 'company_sort', lower(pg_temp.company(n)),
    'email', pg_temp.address(n), 'email_key', pg_temp.address(n),
    'search', to_tsvector('simple', pg_temp.company(n) || ' erika beispiel ' || pg_temp.address(n)))) made
where t.id = %(id)s;
insert into attendee select made.* from attendee t, wanted,
    jsonb_populate_record(null::attendee, to_jsonb(t) || jsonb_build_object(
    'id', pg_temp.made(4 + t.position, n), 'registration_id', pg_temp.made(3, n))) made
where t.registration_id = %(id)s;
update slot set capacity = 1000000, taken = (select coalesce(sum(seats), 0) from registration
    where slot_id = slot.id and state in ('held', 'confirmed'));
"""

SCHEDULING = """
insert into roster_entry select made.* from roster_entry t, wanted,
    jsonb_populate_record(null::roster_entry, to_jsonb(t) || jsonb_build_object(
    'registration_id', pg_temp.made(3, n), 'meeting_id', wanted.meeting_id, 'slot_id', wanted.slot_id,
    'state', pg_temp.state(n), 'living', pg_temp.state(n) <> 'cancelled',
    'company', pg_temp.company(n), 'sort_key', lower(pg_temp.company(n)),
    'contact_email', pg_temp.address(n))) made
where t.registration_id = %(id)s;
"""

NOTIFICATIONS = """
alter table mail disable trigger user;
insert into registration select made.* from registration t, wanted,
    jsonb_populate_record(null::registration, to_jsonb(t) || jsonb_build_object(
    'id', pg_temp.made(3, n), 'meeting_id', wanted.meeting_id, 'slot_id', wanted.slot_id,
    'state', pg_temp.state(n))) made
where t.id = %(id)s;
insert into mail select made.* from mail t, wanted,
    jsonb_populate_record(null::mail, (to_jsonb(t) - 'message') || jsonb_build_object(
    'id', pg_temp.made(case when t.kind = 'confirm_address' then 7 else 8 end, n),
    'key', t.kind || '-' || n, 'registration_id', pg_temp.made(3, n), 'meeting_id', wanted.meeting_id,
    'state', 'sent', 'recipient', pg_temp.address(n), 'recipient_key', pg_temp.address(n))) made
where t.registration_id = %(id)s;
insert into addressee (address, words)
select pg_temp.address(n), pg_temp.address(n) || ' ' || pg_temp.company(n) || ' erika beispiel' from wanted
on conflict do nothing;
alter table mail enable trigger user;
"""

FILLS = {"registration": REGISTRATION, "scheduling": SCHEDULING, "notifications": NOTIFICATIONS}


def fill(place: Place, meetings: list[Meeting], number: int, *, each: int) -> None:
    """*number* registrations: *each* in every meeting but the first, all others in the first."""
    original = _one(place, meetings[0])
    values = {
        "id": original,
        "number": number,
        "each": each,
        "rest": each * (len(meetings) - 1),
        "meetings": [UUID(meeting.id) for meeting in meetings],
        "slots": [UUID(meeting.slots[0]) for meeting in meetings],
    }
    side_by_side(
        [_filling(place.url(service), statements, values) for service, statements in FILLS.items()]
    )


def _filling(url: str, statements: str, values: dict[str, object]) -> Callable[[], None]:
    def work() -> None:
        with psycopg.ClientCursor(psycopg.connect(url, autocommit=True)) as cursor:
            cursor.execute("set statement_timeout = 0")
            cursor.execute(f"begin; {FUNCTIONS} {statements} commit", values)
            cursor.execute("vacuum analyze")

    return work


def _one(place: Place, meeting: Meeting) -> UUID:
    """Sign up and confirm, and wait until all three services know of it."""
    name = f"vorlage{time.time_ns():x}"
    made = place.ask("POST", PATH, body(name, meeting.slots[0]), token=False)
    registration = UUID(made["id"])
    token = Links(place.stack.settings).token("confirm", registration, 1)
    place.ask("POST", f"{PATH}/confirm", {"token": token}, token=False)
    wait_until(lambda: _mails_sent(place, registration) == 2, within=30)
    roster = f"/scheduling/api/v1/meetings/{meeting.id}/roster"
    wait_until(lambda: str(registration) in str(place.ask("GET", roster)), within=30)
    return registration


def _mails_sent(place: Place, registration: UUID) -> int:
    query = "select count(*) from mail where registration_id = %s and state = 'sent'"
    with psycopg.connect(place.url("notifications")) as connection:
        row = connection.execute(query, [registration]).fetchone()
        return int(row[0]) if row else 0
