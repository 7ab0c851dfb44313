"""Meetings: created, edited, moved, published, cancelled. Each change of a published one is told as one fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain import lifecycle
from services.scheduling.domain.audience import Audience, audience, total
from services.scheduling.domain.changes import Change, changes_between
from services.scheduling.domain.names import slug_candidates
from services.scheduling.domain.refusals import RefusedError, conflict, invalid, refuse_outdated
from services.scheduling.models import AgendaItem, Meeting, Venue
from services.scheduling.use_cases import facts, moving
from services.scheduling.use_cases.plans import (
    AgendaPlan,
    Edit,
    SlotPlan,
    check,
    check_slug,
    new_slot,
)
from services.scheduling.use_cases.saving import saved
from shared.clock import now
from shared.identifiers import new_id
from shared.language import gettext as _
from shared.scope import Scope


@dataclass(frozen=True)
class Outcome:
    """An edited meeting, what changed, and who is told."""

    meeting: Meeting
    changes: Sequence[Change]
    told: Audience


def create_meeting(
    session: Session,
    scope: Scope,
    network_id: UUID,
    *,
    slots: Sequence[SlotPlan] = (),
    agenda: Sequence[AgendaPlan] = (),
    **details: Any,
) -> Meeting:
    """A draft. Raises RefusedError: venue in use, address in use, times that cannot be."""
    network = queries.network(session, scope, network_id)
    venue = _venue(session, scope, details.pop("venue_id"))
    slug = details.pop("slug", None) or _free_slug(session, details["title"])
    check_slug(slug)
    meeting = Meeting(id=new_id(), network=network, venue=venue, slug=slug, **details)
    meeting.state, meeting.revision = lifecycle.DRAFT, 0
    meeting.agenda = [_new_item(plan, position) for position, plan in enumerate(agenda)]
    meeting.slots = [new_slot(plan) for plan in slots]
    check(meeting)
    moving.cover(meeting)

    def write() -> Meeting:
        session.add(meeting)
        return meeting

    return saved(session, scope, write)


def _venue(session: Session, scope: Scope, venue_id: UUID) -> Venue:
    # Locked: two meetings wanting the same place wait here for each other instead of in a deadlock.
    try:
        return queries.venue(session, scope, venue_id, lock=True)
    except RefusedError as error:
        raise invalid("venue_id", _("This venue does not exist.")) from error


def _free_slug(session: Session, title: str) -> str:
    for slug in slug_candidates(title):
        if session.scalar(select(Meeting.id).where(Meeting.slug == slug)) is None:
            return slug
    raise conflict("slug-in-use", _("Please choose another address."), field="slug")


def _new_item(plan: AgendaPlan, position: int) -> AgendaItem:
    return AgendaItem(
        id=new_id(),
        position=position,
        starts_at=plan.starts_at,
        title=plan.title,
        speaker=plan.speaker,
    )


def edit_meeting(
    session: Session, scope: Scope, meeting_id: UUID, edit: Edit, *, revision: int | None = None
) -> Outcome:
    """Apply *edit*; one fact tells of it if the meeting is published.

    Raises RefusedError, among others if *revision* is given and somebody else has edited meanwhile.
    """
    meeting = _locked(session, scope, meeting_id, edit)
    refuse_outdated(seen=revision, present=meeting.revision)
    _move(meeting, "edit")
    before = facts.picture(meeting)

    def write() -> Meeting:
        # Half an edit is no meeting: the database would refuse a beginning after the end that is yet to come.
        with session.no_autoflush:
            moving.apply(meeting, edit)
            check(meeting)
            moving.cover(meeting)
        return meeting

    saved(session, scope, write)
    changes = changes_between(before, facts.picture(meeting), facts.zone(meeting))
    told = audience(changes, moving.reached(meeting), notify=edit.notify)
    _tell(session, meeting, changes, notify=edit.notify)
    return Outcome(meeting, changes, told)


def _tell(session: Session, meeting: Meeting, changes: Sequence[Change], *, notify: bool) -> None:
    if not changes and not notify:
        return
    if meeting.state == lifecycle.PUBLISHED:
        facts.meeting_changed(session, meeting, changes, notify=notify)
    else:
        meeting.revision += 1
        meeting.updated_at = now()


def preview_edit(session: Session, scope: Scope, meeting_id: UUID, edit: Edit) -> Outcome:
    """What edit_meeting would do, checked by the database as well; nothing stays."""
    trial = session.begin_nested()
    try:
        return edit_meeting(session, scope, meeting_id, edit)
    finally:
        if trial.is_active:
            trial.rollback()


def _locked(session: Session, scope: Scope, meeting_id: UUID, edit: Edit) -> Meeting:
    # Venues before meetings, always: whoever edits a venue locks in the same order.
    if "venue_id" in edit.details:
        _venue(session, scope, edit.details["venue_id"])
    elif edit.may_widen:
        own = select(Meeting.venue_id).where(Meeting.id == meeting_id).scalar_subquery()
        session.execute(select(Venue.id).where(Venue.id == own).with_for_update())
    if (slug := edit.details.get("slug")) is not None:
        check_slug(slug)
    return queries.meeting(session, scope, meeting_id, lock=True)


def publish_meeting(session: Session, scope: Scope, meeting_id: UUID) -> Meeting:
    """Open it for registration; publishing again changes nothing. Raises RefusedError."""
    meeting = queries.meeting(session, scope, meeting_id, lock=True)
    if not meeting.slots:
        raise conflict(
            "no-slots", _("Please add a slot first: nobody could register."), field="slots"
        )
    if _move(meeting, "publish"):
        meeting.published_at = now()
        session.flush()
        facts.meeting_published(session, meeting)
    return meeting


def cancel_meeting(
    session: Session,
    scope: Scope,
    meeting_id: UUID,
    *,
    reason: str = "",
    at: datetime | None = None,
) -> Meeting:
    """Call it off and free its venue; cancelling again changes nothing. Raises RefusedError."""
    moment = at or now()
    meeting = queries.meeting(session, scope, meeting_id, lock=True)
    was = meeting.state
    if was == lifecycle.PUBLISHED and meeting.ends_at <= moment:
        raise conflict("over", _("This meeting is over already and cannot be cancelled."))
    if _move(meeting, "cancel"):
        meeting.cancel_reason, meeting.cancelled_at = reason, moment
        session.flush()
        if was == lifecycle.PUBLISHED:
            facts.meeting_cancelled(session, meeting)
        else:
            meeting.revision += 1
    return meeting


def _move(meeting: Meeting, move: str) -> bool:
    """Whether the state changed. Raises RefusedError for an impossible move."""
    try:
        state = lifecycle.after(meeting.state, move)
    except lifecycle.ImpossibleMoveError as error:
        raise conflict(
            "cancelled", _("This meeting is cancelled. Please duplicate it to plan it again.")
        ) from error
    changed, meeting.state = state != meeting.state, state
    return changed


def told_of_cancelling(meeting: Meeting) -> Audience:
    """Who hears of it when the meeting is cancelled."""
    published = meeting.state == lifecycle.PUBLISHED
    return total(moving.reached(meeting).values() if published else ())
