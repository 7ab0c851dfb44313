"""Networks, their districts and series, and venues; whoever uses them hears of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain.audience import Audience, audience, total
from services.scheduling.domain.changes import changes_between
from services.scheduling.domain.refusals import conflict, refuse_outdated
from services.scheduling.models import District, Meeting, Network, Series, Venue
from services.scheduling.use_cases import facts, moving
from services.scheduling.use_cases.saving import refusing
from shared.clock import now
from shared.identifiers import new_id
from shared.language import gettext as _
from shared.scope import Scope


@dataclass(frozen=True)
class DistrictPlan:
    """A district as it shall be."""

    name: str
    postcodes: Sequence[str] = field(default_factory=list)


def create_network(
    session: Session,
    *,
    name: str,
    slug: str,
    districts: Sequence[DistrictPlan] = (),
    **details: str,
) -> Network:
    """A new network. Raises RefusedError where its slug is in use."""
    taken = conflict("slug-in-use", _("Another network has this address already."), field="slug")
    network = Network(id=new_id(), name=name, slug=slug, revision=0, **details)
    _set_districts(network, districts)
    with refusing(session, "uq_network_slug", taken):
        session.add(network)
    facts.network_saved(session, network)
    return network


def edit_network(
    session: Session,
    scope: Scope,
    network_id: UUID,
    *,
    districts: Sequence[DistrictPlan] | None = None,
    revision: int | None = None,
    **details: str,
) -> Network:
    """Edit what is given; meetings are published anew where their clock changes.

    Raises RefusedError if *revision* is given and somebody else has edited meanwhile.
    """
    network = queries.network(session, scope, network_id, lock=True)
    refuse_outdated(seen=revision, present=network.revision)
    using = queries.published_meetings_using(session, Meeting.network_id, network_id, now())
    before = {meeting.id: facts.picture(meeting) for meeting in using}
    for name, value in details.items():
        setattr(network, name, value)
    if districts is not None:
        _set_districts(network, districts)
    session.flush()
    facts.network_saved(session, network)
    _republish(session, using, before)
    return network


def _set_districts(network: Network, districts: Sequence[DistrictPlan]) -> None:
    # A district keeps its id while it keeps its name: companies refer to it.
    known = {district.name.casefold(): district for district in network.districts}
    kept = []
    for position, plan in enumerate(districts):
        district = known.get(plan.name.casefold()) or District(id=new_id())
        district.name, district.position = plan.name, position
        district.postcodes = list(dict.fromkeys(plan.postcodes))
        kept.append(district)
    network.districts[:] = kept


def add_series(session: Session, scope: Scope, network_id: UUID, name: str) -> Series:
    """The series of that name, made if there is none."""
    network = queries.network(session, scope, network_id, lock=True)
    found = session.scalar(
        select(Series).where(Series.network_id == network.id, Series.name == name)
    )
    if found is None:
        found = Series(id=new_id(), network_id=network.id, name=name)
        session.add(found)
        session.flush()
    return found


def create_venue(session: Session, scope: Scope, network_id: UUID, **details: str) -> Venue:
    """A new venue of a network."""
    network = queries.network(session, scope, network_id)
    venue = Venue(id=new_id(), network_id=network.id, **details)
    session.add(venue)
    session.flush()
    return venue


def edit_venue(
    session: Session, scope: Scope, venue_id: UUID, *, revision: int | None = None, **details: str
) -> Venue:
    """Edit what is given; published meetings there are published anew and people told of a new place.

    Raises RefusedError if *revision* is given and somebody else has edited meanwhile.
    """
    venue = queries.venue(session, scope, venue_id, lock=True)
    refuse_outdated(seen=revision, present=venue.revision)
    venue.revision += 1
    using = queries.published_meetings_using(session, Meeting.venue_id, venue_id, now())
    before = {meeting.id: facts.picture(meeting) for meeting in using}
    for name, value in details.items():
        setattr(venue, name, value)
    session.flush()
    _republish(session, using, before)
    return venue


def told_of_venue(
    session: Session,
    scope: Scope,
    venue_id: UUID,
    details: Mapping[str, str],
    *,
    revision: int | None = None,
) -> Audience:
    """Who would be told if the venue were edited so; nothing stays. Refuses as edit_venue does."""
    venue = queries.venue(session, scope, venue_id, lock=True)
    refuse_outdated(seen=revision, present=venue.revision)
    trial = session.begin_nested()
    using = queries.published_meetings_using(session, Meeting.venue_id, venue_id, now())
    before = {meeting.id: facts.picture(meeting) for meeting in using}
    for name, value in details.items():
        setattr(venue, name, value)
    told = [
        audience(
            changes_between(before[meeting.id], facts.picture(meeting), facts.zone(meeting)),
            moving.reached(meeting),
        )
        for meeting in using
    ]
    trial.rollback()
    return total(told)


def _republish(session: Session, using: Sequence[Meeting], before: Mapping[UUID, Any]) -> None:
    for meeting in using:
        changes = changes_between(before[meeting.id], facts.picture(meeting), facts.zone(meeting))
        if changes:
            facts.meeting_changed(session, meeting, changes)
