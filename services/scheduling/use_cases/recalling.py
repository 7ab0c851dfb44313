"""After a restore: what this service had told others since is written down here again.

The facts are its own; nothing is recorded. How people sign in is never set back to an older state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from services.scheduling.domain.password_links import read_token
from services.scheduling.models import (
    AgendaItem,
    ApiToken,
    Coordinator,
    District,
    LoginSession,
    Meeting,
    Network,
    Slot,
    Venue,
)
from services.scheduling.use_cases import erasing
from services.scheduling.use_cases.moving import cover
from shared.events import scheduling as facts
from shared.events.envelope import Envelope, Fact
from shared.events.registration import ErasedSubject
from shared.settings import Settings

# From the database that is replaced, where it could still be read.
_CARRY = (
    """
    update coordinator mine set
        password_hash = theirs.password_hash, last_login_at = theirs.last_login_at,
        link_version = theirs.link_version, link_expires_at = theirs.link_expires_at,
        link_secret = theirs.link_secret, link_asked_at = theirs.link_asked_at,
        epoch = greatest(mine.epoch, theirs.epoch), active = theirs.active
    from replaced.coordinator theirs where theirs.id = mine.id
    """,
    """
    insert into api_token (id, coordinator_id, name, created_at, revoked_at)
    select id, coordinator_id, name, created_at, revoked_at from replaced.api_token
    where coordinator_id in (select id from coordinator)
    on conflict (id) do update set revoked_at = excluded.revoked_at
    """,
    """
    insert into security_event (id, at, kind, coordinator_id, place)
    select id, at, kind, coordinator_id, place from replaced.security_event on conflict do nothing
    """,
    "delete from login_session",
    """
    insert into login_session (id, hash, coordinator_id, created_at, last_seen_at, expires_at, device)
    select id, hash, coordinator_id, created_at, last_seen_at, expires_at, device
    from replaced.login_session where coordinator_id in (select id from coordinator)
    """,
    "delete from second_factor",
    """
    insert into second_factor (coordinator_id, secret, created_at, confirmed_at, last_step)
    select coordinator_id, secret, created_at, confirmed_at, last_step
    from replaced.second_factor where coordinator_id in (select id from coordinator)
    """,
    "delete from recovery_code",
    """
    insert into recovery_code (hash, coordinator_id, used_at)
    select hash, coordinator_id, used_at
    from replaced.recovery_code where coordinator_id in (select id from coordinator)
    """,
)


def carry(session: Session, *, whole: bool) -> None:
    """Keep of the replaced database how people sign in, even if all is set back (*whole*)."""
    del whole
    session.flush()
    for statement in _CARRY:
        session.execute(text(statement))
    session.expire_all()


def go_blind(session: Session) -> None:
    """Nobody knows which sign-ins and password links were ended since: all of them are."""
    session.execute(delete(LoginSession))
    ended = {"link_version": Coordinator.link_version + 1, "link_secret": None}
    session.execute(update(Coordinator).values(ended))


def erase(session: Session, subjects: Sequence[ErasedSubject], moment: datetime) -> None:
    """Erase those again who were erased since."""
    erasing.erase(session, subjects, moment)


def heard(_session: Session, _envelopes: Iterable[Envelope]) -> list[UUID]:
    """The roster is kept from facts as they come again."""
    return []


def recall(session: Session, fact: Fact, occurred_at: datetime) -> None:
    """Write down what *fact* told, unless something newer stands here."""
    if isinstance(fact, facts.NetworkSaved):
        _network(session, fact, occurred_at)
    elif isinstance(fact, facts.CoordinatorSaved):
        _coordinator(session, fact, occurred_at)
    elif isinstance(fact, facts.PasswordLinkRequested):
        _password_link(session, fact)
    elif isinstance(fact, facts.MeetingFact):
        _meeting(session, fact, occurred_at)
    session.flush()


def finish(session: Session, _settings: Settings) -> None:
    """Nothing more: the roster's numbers follow the facts that come again."""
    session.flush()


def _network(session: Session, fact: facts.NetworkSaved, occurred_at: datetime) -> None:
    network = session.get(Network, fact.network_id)
    if network is None:
        network = Network(id=fact.network_id, revision=0, created_at=occurred_at)
        session.add(network)
    if network.revision >= fact.revision:
        return
    for name in ("revision", "slug", "name", "language", "time_zone"):
        setattr(network, name, getattr(fact, name))
    for name in ("contact_name", "contact_email", "contact_phone"):
        setattr(network, name, getattr(fact, name))
    known = {district.id: district for district in network.districts}
    districts = []
    for position, told in enumerate(fact.districts):
        district = known.get(told.district_id) or District(id=told.district_id)
        district.position, district.name, district.postcodes = position, told.name, told.postcodes
        districts.append(district)
    network.districts[:] = districts


def _coordinator(session: Session, fact: facts.CoordinatorSaved, occurred_at: datetime) -> None:
    account = session.get(Coordinator, fact.coordinator_id)
    if account is None:
        account = Coordinator(id=fact.coordinator_id, revision=0, created_at=occurred_at, epoch=0)
        session.add(account)
    if account.revision >= fact.revision:
        return
    for name in ("revision", "name", "email", "role", "active", "epoch"):
        setattr(account, name, getattr(fact, name))
    account.networks[:] = session.scalars(select(Network).where(Network.id.in_(fact.network_ids)))
    session.execute(
        update(ApiToken)
        .where(ApiToken.id.in_(fact.revoked_token_ids), ApiToken.revoked_at.is_(None))
        .values(revoked_at=occurred_at)
    )


def _password_link(session: Session, fact: facts.PasswordLinkRequested) -> None:
    account, link = session.get(Coordinator, fact.coordinator_id), read_token(fact.token)
    if account is None or account.revision >= fact.revision:
        return
    account.revision, account.link_expires_at = fact.revision, fact.expires_at
    if link is not None:
        account.link_version, account.link_secret = link.version, link.secret


def _meeting(session: Session, fact: facts.MeetingFact, occurred_at: datetime) -> None:
    meeting = session.get(Meeting, fact.meeting_id)
    if meeting is not None and meeting.revision >= fact.revision:
        return
    venue = _venue(session, fact, occurred_at)
    if meeting is None:
        meeting = Meeting(id=fact.meeting_id, created_at=occurred_at, published_at=occurred_at)
        session.add(meeting)
    # Written as a whole: half of it breaks what the database demands of meetings and slots.
    with session.no_autoflush:
        _write(meeting, fact, occurred_at)
        meeting.venue_id = venue.id
        meeting.room = "" if fact.venue.room == venue.room else fact.venue.room
        _set_agenda(meeting, fact)
        _set_slots(meeting, fact)
        cover(meeting)


def _write(meeting: Meeting, fact: facts.MeetingFact, occurred_at: datetime) -> None:
    for name in ("network_id", "slug", "state", "title", "description", "focus_topic", "revision"):
        setattr(meeting, name, getattr(fact, name))
    for name in ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at"):
        setattr(meeting, name, getattr(fact, name))
    for name in ("admission", "seats_per_company", "approval", "waitlist"):
        setattr(meeting, name, getattr(fact, name))
    meeting.updated_at = occurred_at
    meeting.published_at = meeting.published_at or occurred_at
    if isinstance(fact, facts.MeetingCancelled):
        meeting.cancelled_at, meeting.cancel_reason = occurred_at, fact.reason


def _venue(session: Session, fact: facts.MeetingFact, occurred_at: datetime) -> Venue:
    told = fact.venue
    venue = session.get(Venue, told.venue_id)
    if venue is None:
        venue = Venue(id=told.venue_id, network_id=fact.network_id, created_at=occurred_at)
        venue.room = told.room
        session.add(venue)
    for name in ("name", "street", "postcode", "city", "arrival_note", "accessibility"):
        setattr(venue, name, getattr(told, name))
    session.flush()
    return venue


def _set_agenda(meeting: Meeting, fact: facts.MeetingFact) -> None:
    meeting.agenda[:] = [
        AgendaItem(
            position=position, starts_at=told.starts_at, title=told.title, speaker=told.speaker
        )
        for position, told in enumerate(fact.agenda)
    ]


def _set_slots(meeting: Meeting, fact: facts.MeetingFact) -> None:
    known = {slot.id: slot for slot in meeting.slots}
    slots = []
    for told in fact.slots:
        slot = known.get(told.slot_id) or Slot(id=told.slot_id)
        slot.label, slot.capacity = told.label, told.capacity
        slot.starts_at, slot.ends_at = told.starts_at, told.ends_at
        slots.append(slot)
    meeting.slots[:] = slots
