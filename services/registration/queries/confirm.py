"""The two statements of an ordinary confirmation: read the claim; then compare-and-set with its event."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.registration.queries.sign_up import prebuilt
from shared.database import Executor
from shared.messaging.outbox import WAKE

READ = prebuilt("""
select registration.id, registration.network_id, registration.meeting_id, registration.slot_id,
    registration.meeting_revision, registration.linked_to,
    registration.company_id, registration.contact_id, registration.company_name, registration.postcode,
    registration.district, registration.contact_name, registration.email, registration.phone,
    registration.state, registration.seats, registration.reason, registration.signed_up_at,
    registration.verified_at, registration.deadline_at, registration.link_version, registration.revision,
    registration.language, registration.on_behalf, registration.erased_at,
    registration.linked_count,
    slot.starts_at, slot.ends_at, meeting.seats_per_company, meeting.state as meeting_state,
    meeting.title, meeting.slug, meeting.venue, meeting.time_zone,
    (select json_agg(json_build_object(
        'id', attendee.id, 'name', attendee.name, 'email', attendee.email,
        'link_version', attendee.link_version, 'is_contact', attendee.is_contact) order by position)
     from attendee where registration_id = registration.id) as people
from registration
join slot on slot.id = registration.slot_id
join meeting on meeting.id = registration.meeting_id
where registration.id = :id
""")

_CONFIRM = """
with done as (
    update registration set state = 'confirmed', reason = '', verified_at = :now, deadline_at = null,
        proved_version = link_version, origin = '', state_changed_at = :now, revision = :event_revision
    where id = :id and state = 'held' and revision = :event_revision - 1 and linked_count = 0
    returning id, company_id, contact_id, contact_name, phone, district, email_key
),
contact_known as (
    update contact set verified_at = :now, name = done.contact_name, phone = done.phone
    from done where contact.id = done.contact_id and contact.verified_at is null
),
domain_known as (
    insert into company_domain (domain, company_id, verified_at)
    select cast(:domain as text), done.company_id, :now from done where cast(:domain as text) is not null
    on conflict do nothing
),
district_known as (
    update company set district = done.district
    from done where company.id = done.company_id and done.district not in ('', company.district)
),
address_works as (
    delete from failing_address using done where failing_address.email_key = done.email_key
),
recorded_event as (
    insert into outbox_event
        (id, name, version, aggregate_id, revision, occurred_at, correlation_id, payload)
    select :event_id, :event_name, :event_version, :event_aggregate_id, :event_revision,
        :event_occurred_at, :event_correlation_id, cast(:event_payload as jsonb)
    from done
),
recorded_delivery as (
    insert into outbox_delivery (event_id, subscriber, state, due_at)
    select :event_id, subscriber, 'pending', statement_timestamp()
    from done, unnest(cast(:event_subscribers as text[])) as subscriber
)
select id, {WAKE} from done
"""
CONFIRM = prebuilt(_CONFIRM.replace("{WAKE}", WAKE))


def read_claim(connection: Executor, registration_id: UUID) -> Any:
    """The claim with its people, slot and meeting; None if there is none."""
    return connection.exec_driver_sql(READ, {"id": registration_id}).first()


def confirm_held(connection: Executor, values: dict[str, Any]) -> bool:
    """Confirm a held claim whose revision is still the one that was read; False if it moved on meanwhile.

    Also False if additional seats were asked for meanwhile: they are proved together with it.
    """
    return connection.exec_driver_sql(CONFIRM, values).first() is not None
