"""The two statements of the hot path: look up and recognise; then take seats and write everything.

Each runs as a transaction of its own on an autocommit connection, or inside a bigger one. Prebuilt, because
a sign-up spends most of its time in Python, and round trips are the price of a database.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import psycopg

from services.registration.models.conditions import LIVING
from shared.database import Direct, Executor
from shared.messaging.outbox import RECORD, WAKE

# A company is recognised by a known contact, then by a verified own mail domain, then by name and postcode.
_RECOGNISE = """
with meant as (
    select slot.id as slot_id, slot.starts_at, slot.ends_at, slot.capacity, slot.taken, slot.waiting,
           slot.removed, meeting.id as meeting_id, meeting.network_id, meeting.starts_at as meeting_starts_at,
           meeting.revision as meeting_revision,
           meeting.state, meeting.admission, meeting.approval, meeting.waitlist,
           meeting.seats_per_company, meeting.registration_opens_at, meeting.registration_closes_at
    from slot join meeting on meeting.id = slot.meeting_id
    where slot.id = :slot_id
),
open as (
    select from meant
    where not removed and state = 'published' and starts_at > :now
      and (:on_behalf or (
          (:invited or coalesce(registration_opens_at, :now) <= :now)
          and coalesce(registration_closes_at, starts_at) > :now
          and (admission <> 'invited' or :invited)))
),
known_contact as (
    select id, company_id from contact where email_key = :email_key
),
known_company as (
    select company_id as id from (
        select company_id, 1 as certainty from known_contact
        union all
        select company_id, 2 from company_domain where domain = :domain
        union all
        select id, 3 from company where name_key = :name_key and postcode = :postcode
    ) as candidate order by certainty limit 1
),
new_company as (
    insert into company (id, name, name_key, sort_key, postcode, district, created_at)
    select :company_id, :company_name, :name_key, :company_sort, :postcode, :district, :now
    from open where not exists (select from known_company)
    on conflict (name_key, postcode) do nothing
    returning id
),
the_company as (
    select id from known_company union all select id from new_company
),
new_contact as (
    insert into contact (id, company_id, name, email, email_key, phone, created_at)
    select :contact_id, the_company.id, :contact_name, :email, :email_key, :phone, :now
    from open, the_company where not exists (select from known_contact)
    on conflict (email_key) do nothing
    returning id
)
select meant.*,
    (select id from the_company) as company_id,
    coalesce((select id from known_contact), (select id from new_contact)) as contact_id,
    (select company.name_key from known_company join company on company.id = known_company.id) as known_name_key,
    (select id from registration
     where slot_id = meant.slot_id and email_key = :email_key and linked_to is null
       and {LIVING}) as living_id,
    (select json_agg(json_build_array(name, postcodes) order by name) from district
     where district.network_id = meant.network_id) as areas,
    exists (select from open) as is_open,
    unconfirmed.asked, unconfirmed.held,
    case when :relaxed then set_config('synchronous_commit', 'off', true) end
from meant, lateral (
    -- The conditions are those of the index that knows unconfirmed claims only.
    select coalesce(sum(seats), 0) as asked,
        coalesce(sum(seats) filter (where registration.state = 'held'), 0) as held
    from registration
    where slot_id = meant.slot_id and origin = :origin and origin <> '' and signed_up_at > :lately
) as unconfirmed
"""

# One conditional update decides: the seats are taken if they fit and nobody waits, else the claim waits.
# In the last statement before the commit, so that the hot row is locked for as short as can be.
_TAKE = """
with seat as (
    update slot set
        taken = taken + case when :takes and waiting = 0 and taken + :seats <= capacity
            then :seats else 0 end,
        waiting = waiting + case when :takes and not (waiting = 0 and taken + :seats <= capacity)
            then 1 else 0 end,
        waiting_seats = waiting_seats + case when :takes and not (waiting = 0 and taken + :seats <= capacity)
            then :seats else 0 end,
        last_rank = last_rank + 1
    where id = :slot_id and not removed and not closed
      and (:may_wait or not :takes or (waiting = 0 and taken + :seats <= capacity))
    returning last_rank as rank, waiting, :takes and waiting > 0 as waits
),
made as (
    insert into registration (
        id, network_id, meeting_id, meeting_revision, slot_id, company_id, contact_id, company_name,
        company_sort, postcode, district, contact_name, email, email_key, phone, state, seats, rank, reason,
        signed_up_at, verified_at, deadline_at, state_changed_at, language, accepts_fewer, on_behalf, note, hint,
        notice_version, answers, invitation_id, origin, search)
    select
        :id, :network_id, :meeting_id, :meeting_revision, :slot_id, :company_id, :contact_id, :company_name,
        :company_sort, :postcode, :district, :contact_name, :email, :email_key, :phone,
        case when waits then 'waitlisted' else :state end, :seats, rank,
        case when not waits then :reason when waiting = 1 then 'full' else 'queue' end, :now,
        :verified_at, :deadline_at, :now, :language, :accepts_fewer, :on_behalf, :note, :hint,
        :notice_version, cast(:answers as jsonb), :invitation_id, :origin, to_tsvector('simple', :search)
    from seat
    returning id, state, seats, reason
),
named as (
    insert into attendee (id, registration_id, position, name, email, is_contact)
    select person.id, made.id, person.position, person.name, person.email, person.position = :contact_position
    from made, unnest(
        cast(:attendee_ids as uuid[]), cast(:attendee_names as text[]), cast(:attendee_emails as text[])
    ) with ordinality as person (id, name, email, position)
),
recorded_event as (
    insert into outbox_event
        (id, name, version, aggregate_id, revision, occurred_at, correlation_id, payload)
    select :event_id, case when waits then 'RegistrationWaitlisted' else :event_name end, :event_version,
        :event_aggregate_id, :event_revision, :event_occurred_at, :event_correlation_id,
        case when waits then
            cast(:event_payload as jsonb) || jsonb_build_object(
                'state', made.state, 'reason', made.reason, 'held_until', null, 'position', waiting)
        else cast(:event_payload as jsonb) end
    from made, seat where not :told_later
    returning id
),
recorded_delivery as (
    insert into outbox_delivery (event_id, subscriber, state, due_at)
    select recorded_event.id, subscriber, 'pending', statement_timestamp()
    from recorded_event, unnest(cast(:event_subscribers as text[])) as subscriber
)
select made.state, made.seats, made.reason, {WAKE} from made
"""


# A second sign-up of an address: what was typed and shown, and the fact by which its owner is told.
_REPEAT = """
with kept as (
    insert into repeated_sign_up (id, registration_id, shown, wish, created_at)
    values (:id, :registration_id, cast(:shown as jsonb), cast(:wish as jsonb), :now)
),
{RECORD}
select {WAKE}
"""


# What a refused sign-up inserted, unless somebody else was recognised by it meanwhile.
_FORGET = """
with gone as (
    delete from contact where id = :contact_id
        and not exists (select from registration where contact_id = :contact_id)
)
delete from company where id = :company_id
    and not exists (select from registration where company_id = :company_id)
    and not exists (select from contact where company_id = :company_id and id <> :contact_id)
"""


def prebuilt(statement: str) -> str:
    """A statement with named parameters as the driver takes it."""
    compiled = text(statement).compile(dialect=psycopg.dialect())  # type: ignore[no-untyped-call]
    return str(compiled)


RECOGNISE = prebuilt(_RECOGNISE.replace("{LIVING}", LIVING))
IS_OPEN = prebuilt("select not removed and not closed from slot where id = :slot_id")
FORGET = prebuilt(_FORGET)
REPEAT = prebuilt(_REPEAT.replace("{RECORD}", RECORD).replace("{WAKE}", WAKE))
TAKE = prebuilt(_TAKE.replace("{WAKE}", WAKE))
# Given more than fifty values the driver would take the statement apart each time anew.
TAKE_NAMES = frozenset(re.findall(r"%\((\w+)\)s", TAKE))


def recognise(connection: Executor, values: dict[str, Any]) -> Any:
    """The slot with its meeting, the recognised or new company and contact; None for an unknown slot.

    ``company_id`` or ``contact_id`` is None where another sign-up just made the same one: ask again.
    A transaction of its own does not wait for the disk: the next one's commit writes both.
    """
    relaxed = {"relaxed": isinstance(connection, Direct)}
    return connection.exec_driver_sql(RECOGNISE, values | relaxed).first()


def forget_new(connection: Executor, values: dict[str, Any]) -> None:
    """Delete the company and contact that recognise() inserted for *values*, if nothing belongs to them.

    Raises IntegrityError (of the driver) where something came to belong to them in this moment.
    """
    connection.exec_driver_sql(
        FORGET, {name: values[name] for name in ("company_id", "contact_id")}
    )


def take(connection: Executor, values: dict[str, Any]) -> Any:
    """Take seats or a place in the list and write registration, attendees and event.

    None (and nothing written) where neither was possible. Raises IntegrityError where the address has a
    living claim on the slot already.
    """
    return connection.exec_driver_sql(TAKE, {name: values[name] for name in TAKE_NAMES}).first()


def is_open(connection: Executor, slot_id: UUID) -> bool:
    """Whether the slot still takes claims: it may have closed while a sign-up waited for its row."""
    row = connection.exec_driver_sql(IS_OPEN, {"slot_id": slot_id}).first()
    return row is not None and row[0]


def keep_repeated(connection: Executor, values: dict[str, Any]) -> None:
    """Write down a second sign-up and its event."""
    connection.exec_driver_sql(REPEAT, values)
