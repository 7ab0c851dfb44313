"""Settling a doubt: whether a registration belongs to the company we took it for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.domain.names import company_key, sort_key
from services.registration.models import Company, Contact, Registration
from services.registration.use_cases.claims import lock_claim
from services.registration.use_cases.promotion import promote, promote_elsewhere
from shared.identifiers import new_id


def same_company(session: Session, registration_id: UUID, now: datetime) -> None:
    """It is the same company under another name: the hint is settled. Raises UnknownError."""
    _place, claim = lock_claim(session, registration_id, now)
    claim.hint = ""


def another_company(session: Session, registration_id: UUID, now: datetime) -> None:
    """It is a company of its own: the claim moves there, and its contact if nobody else knows her.

    Again: nothing. The typed name stood in every mail already, so nobody is told. Raises UnknownError.
    """
    place, claim = lock_claim(session, registration_id, now)
    if not claim.hint:
        return
    left = claim.company_id
    claim.hint = ""
    claim.company_id = _found_or_made(session, claim, now)
    session.flush()
    _move_contact(session, claim, left)
    # The company it leaves may have seats again.
    promote(place)
    promote_elsewhere(place)


def _found_or_made(session: Session, claim: Registration, now: datetime) -> UUID:
    key = company_key(claim.company_name)
    session.execute(
        insert(Company)
        .values(
            id=new_id(),
            name=claim.company_name,
            name_key=key,
            sort_key=sort_key(claim.company_name),
            postcode=claim.postcode,
            district=claim.district,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(Company.id).where(Company.name_key == key, Company.postcode == claim.postcode)
    ).one()


def _move_contact(session: Session, claim: Registration, left: UUID) -> None:
    others = session.scalar(
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.contact_id == claim.contact_id,
            Registration.company_id == left,
            Registration.id != claim.id,
        )
    )
    if not others:
        contact = session.get_one(Contact, claim.contact_id)
        contact.company_id = claim.company_id
