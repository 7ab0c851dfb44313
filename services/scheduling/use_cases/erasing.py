"""Erasing a person: the roster keeps company, seats and states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.scheduling.use_cases import rosters
from shared.events.registration import ErasedSubject, PersonErased
from shared.events.scheduling import RosterErased
from shared.messaging import erasures, outbox


def erase(session: Session, subjects: Sequence[ErasedSubject], now: datetime) -> None:
    """Keep nothing of *subjects*; again: nothing."""
    # First: this waits for whoever is applying one of these messages.
    erasures.scrub_messages(session, subjects)
    rosters.empty(session, erasures.ids(subjects, "registration"), now)
    rosters.empty_seats(session, erasures.ids(subjects, "seat"))


def reapply(session: Session, now: datetime) -> int:
    """Erase everybody anew who was erased before, as after a restore; how many subjects."""
    subjects = erasures.again(session)
    if subjects:
        erase(session, subjects, now)
    return len(subjects)


def person_erased(session: Session, fact: PersonErased, now: datetime) -> None:
    """Erase, and say so."""
    erasures.remember(session, fact.erasure_id, fact.subjects, now)
    erase(session, fact.subjects, now)
    receipt = RosterErased(revision=1, erasure_id=fact.erasure_id, erased_at=now)
    outbox.record(session, receipt)
