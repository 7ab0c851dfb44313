"""The newest revision of what other services own; older facts change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.notifications.domain.calendars import organizer
from services.notifications.domain.scene import Claim, Meeting, read_claim, read_meeting
from services.notifications.models import (
    Coordinator,
    Invitation,
    MeetingVersion,
    Network,
    Registration,
    table,
)
from services.notifications.models import Meeting as MeetingRow
from services.notifications.use_cases import calendar_entries, intents
from shared.events.envelope import Envelope, Fact, schema_of
from shared.events.registration import InvitationAnswered, LinkRequested, RegistrationFact
from shared.events.scheduling import CoordinatorSaved, MeetingFact, NetworkSaved


def payload_of(fact: Fact, envelope: Envelope) -> dict[str, Any]:
    """The payload of *fact* in its newest version."""
    if envelope.version == fact.VERSION:
        return envelope.payload
    dumped: dict[str, Any] = schema_of(type(fact)).dump(fact)
    return dumped


def _newest(session: Session, table: Any, values: Mapping[str, Any]) -> bool:
    """Store *values* unless a newer revision is there; whether they are the newest."""
    statement = insert(table).values(**values)
    changes = {name: statement.excluded[name] for name in values if name != "id"}
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_=changes, where=table.revision < statement.excluded.revision
    )
    return session.execute(statement.returning(table.id)).first() is not None


def save_network(session: Session, fact: NetworkSaved) -> None:
    """Remember who sends; mails that waited for it may go."""
    intents.await_arrivals(session)
    _keep_organizer(session, fact)
    values = {
        "id": fact.network_id,
        "revision": fact.revision,
        "name": fact.name,
        "language": fact.language,
        "time_zone": fact.time_zone,
        "contact_name": fact.contact_name,
        "contact_email": fact.contact_email,
        "contact_phone": fact.contact_phone,
    }
    if _newest(session, Network, values):
        intents.release_waiting(session)


def _keep_organizer(session: Session, fact: NetworkSaved) -> None:
    known = session.get(Network, fact.network_id, populate_existing=True, with_for_update=True)
    if known is None or known.revision >= fact.revision:
        return
    before, after = organizer(known), organizer(fact)
    if before != after:
        calendar_entries.keep_organizer(session, fact.network_id, before)


def save_coordinator(session: Session, fact: CoordinatorSaved) -> None:
    """Remember who may see what."""
    values = {
        "id": fact.coordinator_id,
        "revision": fact.revision,
        "name": fact.name,
        "email": fact.email,
        "role": fact.role,
        "active": fact.active,
        "epoch": fact.epoch,
        "network_ids": fact.network_ids,
        "revoked_token_ids": fact.revoked_token_ids,
    }
    _newest(session, Coordinator, values)


@dataclass(frozen=True, kw_only=True)
class MeetingTold:
    """A meeting after a fact about it."""

    newest: bool
    meeting: Meeting
    before: Meeting | None  # as it was known before the fact


def save_meeting(session: Session, fact: MeetingFact, envelope: Envelope) -> MeetingTold:
    """Remember the meeting under its row's lock, so that two facts about it are applied one by one."""
    known = _locked_meeting(session, fact.meeting_id)
    if known is None:
        intents.await_arrivals(session)
        known = _locked_meeting(session, fact.meeting_id)
    before = read_meeting(known) if known else None
    _keep_version(session, fact, envelope)
    if before is not None and before.revision >= fact.revision:
        return MeetingTold(newest=False, meeting=before, before=before)
    data = payload_of(fact, envelope)
    values = {
        "id": fact.meeting_id,
        "revision": fact.revision,
        "network_id": fact.network_id,
        "state": fact.state,
        "title": fact.title,
        "starts_at": fact.starts_at,
        "ends_at": fact.ends_at,
        "time_zone": fact.time_zone,
        "data": data,
    }
    if known is None:
        session.execute(insert(table(MeetingRow)).values(values))
        intents.release_waiting(session)
    else:
        session.execute(
            update(table(MeetingRow)).where(MeetingRow.id == fact.meeting_id).values(values)
        )
    return MeetingTold(newest=True, meeting=read_meeting(data), before=before)


def _keep_version(session: Session, fact: MeetingFact, envelope: Envelope) -> None:
    values = {
        "meeting_id": fact.meeting_id,
        "revision": fact.revision,
        "data": payload_of(fact, envelope),
    }
    session.execute(insert(table(MeetingVersion)).values(values).on_conflict_do_nothing())


def meeting_as_of(session: Session, meeting_id: UUID, revision: int) -> Meeting | None:
    """The meeting as *revision* told it; where that never came, as the one before, else the one after it."""
    versions = select(MeetingVersion.data).where(MeetingVersion.meeting_id == meeting_id)
    kept = MeetingVersion.revision
    before = versions.where(kept <= revision).order_by(kept.desc()).limit(1)
    after = versions.where(kept > revision).order_by(kept).limit(1)
    data = session.scalar(before) or session.scalar(after)
    return read_meeting(data) if data else None


def hold_meeting(session: Session, meeting_id: UUID) -> Meeting | None:
    """The meeting as last told, which stays so until the end of the transaction; None if it is not known.

    One that is not known does not arrive meanwhile either.
    """
    query = select(MeetingRow.data).where(MeetingRow.id == meeting_id)
    query = query.with_for_update(read=True, key_share=True)
    data = session.scalar(query)
    if data is None:
        intents.await_arrivals(session)
        data = session.scalar(query)
    return read_meeting(data) if data else None


def _locked_meeting(session: Session, meeting_id: UUID) -> dict[str, Any] | None:
    query = select(MeetingRow.data).where(MeetingRow.id == meeting_id).with_for_update()
    return session.scalar(query)


@dataclass(frozen=True, kw_only=True)
class ClaimTold:
    """A registration after a fact about it."""

    newest: bool  # False: the fact was overtaken by a later one
    claim: Claim  # as it stands now
    before: Claim | None


def save_registration(session: Session, fact: RegistrationFact, envelope: Envelope) -> ClaimTold:
    """Remember the claim under its row's lock, so that facts about it are applied one by one."""
    data = payload_of(fact, envelope)
    known = _locked_registration(session, fact.registration_id)
    if known is None:
        values = _registration_values(fact, data)
        values["confirmed_at"] = envelope.occurred_at if fact.state == "confirmed" else None
        statement = insert(table(Registration)).values(values).on_conflict_do_nothing()
        if session.execute(statement.returning(Registration.id)).first():
            return ClaimTold(newest=True, claim=read_claim(data), before=None)
        known = _locked_registration(session, fact.registration_id)
    before = read_claim(known.data)
    if known.revision >= fact.revision:
        newest = known.revision == fact.revision
        return ClaimTold(newest=newest, claim=before, before=before)
    if isinstance(fact, LinkRequested):
        data = {**data, "reason": known.data["reason"]}  # why it waits, not why one asks
    values = _registration_values(fact, data)
    values["confirmed_at"] = (
        (known.confirmed_at or envelope.occurred_at) if fact.state == "confirmed" else None
    )
    session.execute(
        update(table(Registration)).where(Registration.id == fact.registration_id).values(values)
    )
    return ClaimTold(newest=True, claim=read_claim(data), before=before)


def _locked_registration(session: Session, registration_id: UUID) -> Any:
    query = select(Registration.revision, Registration.confirmed_at, Registration.data)
    return session.execute(
        query.where(Registration.id == registration_id).with_for_update()
    ).first()


def _registration_values(fact: RegistrationFact, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": fact.registration_id,
        "revision": fact.revision,
        "network_id": fact.network_id,
        "meeting_id": fact.meeting_id,
        "slot_id": fact.slot_id,
        "state": fact.state,
        "data": data,
        "erased_at": None,  # whether anybody is in it is seen by the clock
    }


def save_invitation(session: Session, fact: Any, envelope: Envelope) -> None:
    """Remember the invitation and, where the fact is an answer, that it was answered."""
    values = {
        "id": fact.invitation_id,
        "revision": fact.revision,
        "network_id": fact.network_id,
        "meeting_id": fact.meeting_id,
        "answer": fact.answer if isinstance(fact, InvitationAnswered) else "",
        "data": payload_of(fact, envelope),
        "erased_at": None,
    }
    _newest(session, Invitation, values)
