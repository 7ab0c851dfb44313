"""Correcting an address on the page after signing up: what it answers tells nobody whether an address is known.

Each correction is a page of its own with what stood there at that moment, whether the visitor's own claim got
the address, or the address has a claim already and its owner is told by mail. The pages before it lead to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.domain.allowance import MOST_CORRECTIONS
from services.registration.domain.refusals import OutdatedError, UnknownError
from services.registration.models import Registration, RepeatedSignUp
from services.registration.queries.signed_up import corrections_of, first_of, latest
from services.registration.use_cases.addresses import correct_own, wish_of
from services.registration.use_cases.pace import in_steps
from services.registration.use_cases.repeats import as_kept, as_shown, from_kept
from services.registration.use_cases.sign_up import Terms
from services.registration.use_cases.submission import again, submit_within
from shared.database import Database
from shared.identifiers import new_id

# Seconds; far more than any correction takes, since what it needs depends on what both addresses lead to.
# There are three of a sign-up, so nobody minds.
STEP = 0.05


def correct(database: Database, page: UUID, email: str, *, terms: Terms, now: datetime) -> UUID:
    """Correct the address of what *page* shows; the page that follows. Raises RefusedError."""

    def attempt() -> UUID:
        with database.transaction() as session:
            return _correct(session, page, email, terms=terms, now=now)

    return in_steps(lambda: again(attempt), STEP)


def _correct(session: Session, page: UUID, email: str, *, terms: Terms, now: datetime) -> UUID:
    """The next page."""
    first = first_of(session, page)
    # The other party is the same visitor, who has the page open twice.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(first), 0))))
    if corrections_of(session, first) >= MOST_CORRECTIONS:
        raise OutdatedError
    shown = session.get(RepeatedSignUp, latest(session, page))
    if shown is not None and not shown.own:
        done = _anew(session, shown, email, terms=terms, now=now)
    else:
        done = _own(session, shown.registration_id if shown else page, email, now)
    done.first_id = first
    session.add(done)
    session.flush()
    return done.id


def _own(session: Session, claim_id: UUID, email: str, now: datetime) -> RepeatedSignUp:
    claim = session.get(Registration, claim_id)
    if claim is None:
        raise UnknownError("sign-up")
    shown, wish = as_shown(claim.state, claim.seats, claim.held_until), wish_of(claim)
    twin = correct_own(session, claim_id, email, now)
    return RepeatedSignUp(
        id=new_id(),
        registration_id=twin or claim_id,
        own=twin is None,
        shown=shown,
        wish=as_kept(wish.addressed(email)),
        created_at=now,
    )


def _anew(
    session: Session, repeated: RepeatedSignUp, email: str, *, terms: Terms, now: datetime
) -> RepeatedSignUp:
    """Somebody who repeated a sign-up and then names another address meant one of her own."""
    wish = from_kept(repeated.wish).addressed(email)
    done = submit_within(session, wish, replace(terms, hold=_left(repeated, terms, now)), now)
    if done.repeats is not None:
        return session.get_one(RepeatedSignUp, done.id)
    return RepeatedSignUp(
        id=new_id(),
        registration_id=done.id,
        own=True,
        shown=as_shown(done.state, done.seats, done.held_until),
        wish=as_kept(wish),
        created_at=now,
    )


def _left(repeated: RepeatedSignUp, terms: Terms, now: datetime) -> timedelta:
    """The deadline stays, as that of a claim does. Raises OutdatedError once it is over."""
    until = repeated.shown["held_until"]
    left = datetime.fromisoformat(until) - now if until else terms.hold
    if left <= timedelta():
        raise OutdatedError
    return left
