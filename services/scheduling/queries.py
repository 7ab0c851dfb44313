"""Reading, always within somebody's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload, selectinload

from services.scheduling.domain.lifecycle import CANCELLED, PUBLISHED
from services.scheduling.domain.refusals import missing
from services.scheduling.models import (
    CheckIn,
    Coordinator,
    Meeting,
    Network,
    RosterEntry,
    Slot,
    Venue,
)
from shared.identifiers import parse_id
from shared.paging import Page, counted, paged, window
from shared.scope import Scope


def network(session: Session, scope: Scope, network_id: UUID, *, lock: bool = False) -> Network:
    """The network with its districts. Raises RefusedError (missing) outside the scope."""
    query = select(Network).where(Network.id == network_id, scope.over(Network.id))
    query = query.options(selectinload(Network.districts))
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise missing()
    return found


def networks(session: Session, scope: Scope) -> Sequence[Network]:
    """All networks of *scope* by name."""
    query = select(Network).where(scope.over(Network.id)).order_by(Network.name, Network.id)
    return session.scalars(query.options(selectinload(Network.districts))).all()


def network_by_slug(session: Session, slug: str) -> Network | None:
    """For public feeds."""
    return session.scalar(select(Network).where(Network.slug == slug))


def telephone(session: Session, named: str | None) -> str | None:
    """For pages on which something went wrong: the number of the network that *named* says, or of the first with one.

    By its address or id, or by the id of a meeting.
    """
    phones = select(Network.contact_phone).where(Network.contact_phone != "")
    if named:
        identifier = parse_id(named)
        of_meeting = select(Meeting.network_id).where(Meeting.id == identifier)
        meant = or_(Network.slug == named, Network.id == identifier, Network.id.in_(of_meeting))
        if found := session.scalar(phones.where(meant).limit(1)):
            return found
    return session.scalar(phones.order_by(Network.name).limit(1))


def venue(session: Session, scope: Scope, venue_id: UUID, *, lock: bool = False) -> Venue:
    """The venue. Raises RefusedError (missing) outside the scope."""
    query = select(Venue).where(Venue.id == venue_id, scope.over(Venue.network_id))
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise missing()
    return found


def venues(session: Session, scope: Scope, network_id: UUID | None = None) -> Sequence[Venue]:
    """The venues of *scope*, or of one network in it, by name."""
    query = select(Venue).where(scope.over(Venue.network_id)).order_by(Venue.name, Venue.id)
    if network_id:
        query = query.where(Venue.network_id == network_id)
    return session.scalars(query.options(joinedload(Venue.network))).all()


_WHOLE_MEETING = (
    joinedload(Meeting.network),
    joinedload(Meeting.venue),
    selectinload(Meeting.agenda),
    selectinload(Meeting.slots),
)


def meeting(session: Session, scope: Scope, meeting_id: UUID, *, lock: bool = False) -> Meeting:
    """The meeting with all its parts, locked against other edits if *lock*. Raises RefusedError (missing)."""
    query = select(Meeting).where(Meeting.id == meeting_id, scope.over(Meeting.network_id))
    query = query.options(*_WHOLE_MEETING)
    if lock:
        query = query.with_for_update(of=Meeting).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise missing()
    return found


def public_meeting(session: Session, meeting_id: UUID) -> Meeting | None:
    """A meeting that was published, for its public calendar entry."""
    query = select(Meeting).where(Meeting.id == meeting_id, Meeting.published_at.is_not(None))
    return session.scalar(query.options(*_WHOLE_MEETING))


def slot(session: Session, scope: Scope, slot_id: UUID) -> Slot:
    """The slot. Raises RefusedError (missing) outside the scope."""
    query = select(Slot).join(Meeting).where(Slot.id == slot_id, scope.over(Meeting.network_id))
    found = session.scalar(query)
    if found is None:
        raise missing()
    return found


@dataclass(frozen=True, kw_only=True)
class MeetingFilter:
    """Which meetings a list shows."""

    network_id: UUID | None = None
    series_id: UUID | None = None
    state: str | None = None
    ends_after: datetime | None = None
    ends_before: datetime | None = None
    latest_first: bool = False


def _meetings(scope: Scope, chosen: MeetingFilter) -> Select[Meeting]:
    query = select(Meeting).where(scope.over(Meeting.network_id))
    if chosen.network_id:
        query = query.where(Meeting.network_id == chosen.network_id)
    if chosen.series_id:
        query = query.where(Meeting.series_id == chosen.series_id)
    if chosen.state:
        query = query.where(Meeting.state == chosen.state)
    if chosen.ends_after:
        query = query.where(Meeting.ends_at > chosen.ends_after)
    if chosen.ends_before:
        query = query.where(Meeting.ends_at <= chosen.ends_before)
    return query


def meetings(
    session: Session, scope: Scope, chosen: MeetingFilter, *, page: int, page_size: int
) -> Page[Meeting]:
    """One page of meetings with all their parts."""
    query = _meetings(scope, chosen)
    order = Meeting.starts_at.desc() if chosen.latest_first else Meeting.starts_at
    ordered = query.order_by(order, Meeting.id).options(*_WHOLE_MEETING)
    rows = session.scalars(window(ordered, number=page, size=page_size)).all()
    return paged(rows, number=page, size=page_size, count=counted(session, query))


def meetings_at(
    session: Session, venue_id: UUID, starts_at: datetime, ends_at: datetime, *, but: UUID | None
) -> Sequence[Meeting]:
    """Meetings that use the venue in that time and are not cancelled."""
    query = select(Meeting).where(
        Meeting.venue_id == venue_id,
        Meeting.state != CANCELLED,
        Meeting.uses_from < ends_at,
        Meeting.uses_until > starts_at,
    )
    if but:
        query = query.where(Meeting.id != but)
    return session.scalars(query.order_by(Meeting.starts_at)).all()


def published_meetings_using(
    session: Session, column: InstrumentedAttribute[UUID], identifier: UUID, now: datetime
) -> Sequence[Meeting]:
    """Published meetings that are not over and use a venue or network, locked in a fixed order."""
    query = (
        select(Meeting)
        .where(column == identifier, Meeting.state == PUBLISHED, Meeting.ends_at > now)
        .order_by(Meeting.id)
        .options(*_WHOLE_MEETING)
        .with_for_update(of=Meeting)
    )
    return session.scalars(query).all()


def feed_meetings(session: Session, network_id: UUID, since: datetime) -> Sequence[Meeting]:
    """What a public calendar shows: once published, not by invitation only, newest 500."""
    query = (
        select(Meeting)
        .where(
            Meeting.network_id == network_id,
            Meeting.published_at.is_not(None),
            Meeting.admission != "invited",
            Meeting.ends_at > since,
        )
        .order_by(Meeting.starts_at.desc())
        .limit(500)
    )
    return session.scalars(query.options(*_WHOLE_MEETING)).all()


def _roster(meeting_id: UUID, slot_id: UUID | None, state: str | None) -> Select[Any]:
    query = select(RosterEntry).where(RosterEntry.meeting_id == meeting_id)
    if state != "all":
        query = query.where(RosterEntry.living)
    if state and state != "all":
        query = query.where(RosterEntry.state == state)
    return query.where(RosterEntry.slot_id == slot_id) if slot_id else query


def roster(
    session: Session,
    meeting_id: UUID,
    *,
    page: int,
    page_size: int,
    slot_id: UUID | None = None,
    state: str | None = None,
) -> Page[RosterEntry]:
    """One page of the roster by company; living claims unless *state* is "all"."""
    query = _roster(meeting_id, slot_id, state)
    ordered = query.order_by(RosterEntry.sort_key, RosterEntry.registration_id)
    rows = session.scalars(window(ordered, number=page, size=page_size)).all()
    return paged(rows, number=page, size=page_size, count=counted(session, query))


def check_ins(session: Session, registration_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When whom of these registrations arrived."""
    query = select(CheckIn).where(CheckIn.registration_id.in_(registration_ids))
    return {row.attendee_id: row.checked_in_at for row in session.scalars(query)}


def checked_in(session: Session, meeting_id: UUID) -> int:
    """How many people have arrived."""
    query = select(func.count()).select_from(CheckIn).where(CheckIn.meeting_id == meeting_id)
    return session.scalar(query) or 0


def known_account(session: Session, email: str) -> Any:
    """Id and password hash of the active account; a row of nothing for an unknown one, at the same cost."""
    always = select(literal(1).label("one")).subquery()
    matching = (Coordinator.email == email) & Coordinator.active
    query = select(Coordinator.id, Coordinator.password_hash).select_from(always)
    return session.execute(query.outerjoin(Coordinator, matching)).one()


def coordinator_by_email(session: Session, email: str) -> Coordinator | None:
    """By the normal form of her address."""
    return session.scalar(select(Coordinator).where(Coordinator.email == email))


def coordinators(session: Session) -> Sequence[Coordinator]:
    """All accounts, active ones first, by name."""
    query = select(Coordinator).options(selectinload(Coordinator.networks))
    return session.scalars(query.order_by(Coordinator.active.desc(), Coordinator.name)).all()


def address_of_contact(session: Session, registration_id: UUID) -> str | None:
    """The present address of the contact of a registration; None where there is no such entry."""
    query = select(RosterEntry.contact_email).where(
        RosterEntry.registration_id == registration_id, RosterEntry.erased_at.is_(None)
    )
    return session.scalar(query)


def entries_of_contact(
    session: Session, registration_id: UUID, *, everywhere: bool
) -> list[tuple[RosterEntry, Meeting | None]]:
    """The entry of a registration and the others with its contact's address, with their meetings.

    Those in the same network, unless *everywhere*.
    """
    address = select(func.lower(RosterEntry.contact_email)).where(
        RosterEntry.registration_id == registration_id
    )
    others = func.lower(RosterEntry.contact_email) == address.scalar_subquery()
    if not everywhere:
        others &= Meeting.network_id == _network_of_entry(registration_id)
    return _with_meetings(session, (RosterEntry.registration_id == registration_id) | others)


def _network_of_entry(registration_id: UUID) -> ScalarSelect[UUID]:
    entry, meeting = aliased(RosterEntry), aliased(Meeting)
    query = select(meeting.network_id).join(entry, entry.meeting_id == meeting.id)
    return query.where(entry.registration_id == registration_id).scalar_subquery()


def entries_with_seat(
    session: Session, attendee_id: UUID
) -> list[tuple[RosterEntry, Meeting | None]]:
    """The entries on which somebody has a seat, with their meetings."""
    return _with_meetings(
        session, RosterEntry.attendees.contains([{"attendee_id": str(attendee_id)}])
    )


def _with_meetings(
    session: Session, mine: ColumnElement[bool]
) -> list[tuple[RosterEntry, Meeting | None]]:
    query = select(RosterEntry, Meeting).outerjoin(Meeting, Meeting.id == RosterEntry.meeting_id)
    query = query.where(mine, RosterEntry.erased_at.is_(None)).order_by(RosterEntry.registration_id)
    found = session.execute(query.options(joinedload(Meeting.network))).all()
    return [(row[0], row[1]) for row in found]
